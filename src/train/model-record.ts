import type { ClusterModel, Statistics } from '../cluster/cluster-model.js';
import type { DriftObservation } from '../drift/drift-observation.js';
import type { WindowBatch } from '../window/window-batch.js';

/** Sampled series, from a worker to the trainer: one learning batch. */
export interface SampleRecord {
  /** Counts the learning batches of a partition, from 0; `statistics` of the same sequence belong to it. */
  readonly sequence: number;
  readonly windows: WindowBatch;
}

/** What the assignments of one learning batch teach, from a worker to the trainer. */
export interface StatisticsRecord {
  readonly sequence: number;
  /** Undefined, as is `observation`, while the worker has no model. */
  readonly statistics: Statistics | undefined;
  readonly observation: DriftObservation | undefined;
}

/** What changes a model, from the trainer to the workers. */
export type ModelRecord =
  | {
      readonly kind: 'model';
      readonly modelVersion: string;
      /** As `encodeArtifact` packed it. */
      readonly artifact: Uint8Array;
    }
  | {
      readonly kind: 'centroids';
      readonly cluster: ClusterModel;
    };
