import type { TriedK } from '../cluster/choose-k.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import type { ClusterDistance } from '../cluster/cluster-points.js';
import type { FormerProfile } from '../cluster/profile-segments.js';
import type { SegmentLineage } from '../cluster/segment-lineage.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import type { WatchedWindows } from '../drift/change-watch.js';
import type { DriftObservation } from '../drift/drift-observation.js';
import type { EncoderSettings } from '../encode/encoder-options.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import type { SeriesSettings } from '../series/series-settings.js';
import type { AlignSettings } from './alignment.js';
import type { GateSettings, GateValues } from './gate.js';
import type { ViewRecord } from './model-artifact.js';
import type { ReservoirSnapshot } from './reservoir.js';

/** How a model is made of a reservoir. */
export interface ModelSettings {
  readonly series: SeriesSettings;
  /** Hash of the settings of window and series; goes into the artifact. */
  readonly seriesHash: string;
  readonly encoder: EncoderSettings;
  /** Updates at most of a training that goes on from the champion's or pretrained weights: it has less left to learn. */
  readonly warmUpdates: number;
  readonly cluster: ClusterSettings;
  /** Where steps lie on the local clock, so that segments can be named by it. */
  readonly calendar: StepCalendar;
  /** Share of the reservoir that models are judged on. */
  readonly heldOut: number;
  readonly gate: GateSettings;
  readonly align: AlignSettings;
  /** Event time, in ms, after which usage repeats: before so much of it has been seen, nothing is told to be new. */
  readonly cycleMs: number;
}

export interface StepCalendar {
  readonly timeZone: string;
  /** Length of a step, ms; nominal where the calendar's own lengths vary. */
  readonly stepMs: number;
}

export interface ClusterSettings {
  /** `auto`: chosen anew at each training, by `chooseK`. */
  readonly k: number | 'auto';
  readonly distance: ClusterDistance;
  readonly starts: number;
  /** Windows after which what centroids learnt counts half; undefined forgets nothing. */
  readonly halfLife: number | undefined;
  /** Event time after which it counts half, ms; undefined forgets nothing. */
  readonly halfLifeMs: number | undefined;
  /** Windows between two updates of the centroids. */
  readonly epochWindows: number;
  /** Places the centroids, in place of k-means; undefined for k-means. */
  readonly plugin?: PluginModule | undefined;
}

/** All that a training depends on, as plain data: it can go to another process, and into a checkpoint while it runs. */
export interface TrainingJob {
  /** Number of the model to be, from 1; `PROVISIONAL_NUMBER` is that of one that assigns until the first. */
  readonly number: number;
  readonly reasons: readonly string[];
  readonly seed: number;
  readonly settings: ModelSettings;
  readonly reservoir: ReservoirSnapshot;
  readonly champion: Champion | undefined;
  /** Begins from new weights and not from the champion's. */
  readonly fresh: boolean;
  /**
   * Keeps the champion's scale and the VRAE's weights, where it has views, and fits views, map and centroids: takes a
   * fraction of the time. @default false
   */
  readonly refit?: boolean;
  /**
   * Start of the behaviour that the champion was fitted to alone, as `since` of its training said, epoch ms. @default it
   * was fitted to all windows
   */
  readonly championSince?: number | undefined;
  /**
   * Start of the first windows of a behaviour that the champion may not know, epoch ms: earlier ones are not learnt
   * from. @default all are
   */
  readonly since?: number | undefined;
  readonly nextSegmentNumber: number;
  /** What is said of the segments in force. @default nothing */
  readonly formerProfiles?: readonly FormerProfile[];
}

/** The model in force. */
export interface Champion {
  /** As `encodeArtifact` packed it. */
  readonly artifact: Uint8Array;
  /** Its centroids as they are by now. */
  readonly clusterModel: ClusterModel;
}

export interface TrainingResult {
  /** As `encodeArtifact` packed it, promoted or not. */
  readonly artifact: Uint8Array;
  readonly modelVersion: string;
  readonly promoted: boolean;
  /** Whether the windows could tell anything apart: where they are alike, more of the same will not either. */
  readonly isSound: boolean;
  /** What the gate said, in words. */
  readonly why: readonly string[];
  readonly values: GateValues;
  /** What each view counts in the embedding, in order; none where it is the latents of the VRAE. */
  readonly views: readonly ViewRecord[];
  /** Numbers of segments that were tried, where it was to be chosen. */
  readonly kAdvice: readonly TriedK[];
  /** Of each segment of the new model, in the order of its centroids. */
  readonly profiles: readonly SegmentProfile[];
  readonly lineage: readonly SegmentLineage[];
  /**
   * The held-out windows under the new model: what later ones are compared with. The model was not trained on them; its
   * errors on those it was trained on are lower than on any to come. Undefined where they all closed at once.
   */
  readonly reference: DriftObservation | undefined;
  /** The same windows as `reference`, as they lie about the centroids; undefined where there are none. */
  readonly watched?: WatchedWindows | undefined;
  readonly nextSegmentNumber: number;
  /**
   * The behaviour that it learnt alone, as the training itself found that the champion knows nothing of it: its start,
   * epoch ms, and windows of it. Undefined where there is none, or the job had it found before.
   */
  readonly found?: { readonly since: number; readonly windows: number } | undefined;
}
