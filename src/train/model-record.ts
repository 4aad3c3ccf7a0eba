import type { ClusterModel, Statistics } from '../cluster/cluster-model.js';
import type { LabelCounts } from '../cluster/label-counts.js';
import type { DriftObservation } from '../drift/drift-observation.js';
import type { WindowBatch } from '../window/window-batch.js';

/** Sampled series, from a worker to the trainer. */
export interface SampleRecord {
  /** Of the input that the windows came from; 0 in one process. */
  readonly partition: number;
  /** Counts the lessons of a partition, from 0. */
  readonly sequence: number;
  /** All windows of a lesson, or only so many of them as the worker may send. */
  readonly windows: WindowBatch;
  /** How much each window counts where windows are sampled, at least 1. @default 1 each */
  readonly weights?: Float64Array | undefined; // (windows)
}

/** What the assignments of one lesson teach, all by one model version, from a worker to the trainer. */
export interface StatisticsRecord {
  /** Of the input that the windows came from; 0 in one process. */
  readonly partition: number;
  /** Counts the lessons of a partition, from 0. */
  readonly sequence: number;
  /** How many windows taught, whether or not they were sampled. */
  readonly windows: number;
  /** Latest end of them, epoch ms. */
  readonly watermark: number;
  /** Undefined, as is `observation`, while the worker has no model. */
  readonly statistics: Statistics | undefined;
  readonly observation: DriftObservation | undefined;
  /** How the labelled windows among them came to segments; absent where there are none. */
  readonly labels?: LabelCounts;
  /** No more windows will come that end with the last of these. @default not known: those that end later tell */
  readonly endsWave?: boolean | undefined;
}

/** What changes a model, from the trainer to the workers. */
export type ModelRecord =
  | {
      readonly kind: 'model';
      readonly modelVersion: string;
      /** As `encodeArtifact` packed it. */
      readonly artifact: Uint8Array;
      /** That of the model in force when this one took over; null where there was none. */
      readonly previousVersion: string | null;
      /** Its centroids where they have moved since: of a model that is put into force again. */
      readonly cluster?: ClusterModel | undefined;
    }
  | {
      readonly kind: 'centroids';
      readonly cluster: ClusterModel;
    };
