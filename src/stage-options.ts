import type { AlertOptions } from './anomaly/alert-settings.js';
import type { DriftOptions } from './drift/drift-settings.js';
import type { EncoderOptions } from './encode/encoder-options.js';
import type { PluginModule } from './plugin/plugin-module.js';
import type { SeriesOptions } from './series/series-settings.js';
import type { AlignOptions } from './train/alignment.js';
import type { GateOptions } from './train/gate.js';
import type { ChannelOptions, Duration, WindowOptions } from './window/window-options.js';

/** What shapes results: the stages' options, in the order of the pipeline. All but `window` have defaults. */
export interface StageOptions {
  /** What each value of an event is. One to 4,096. @default one channel `value` that is summed */
  readonly channels?: readonly ChannelOptions[];
  /** How events are cut into windows. */
  readonly window: Omit<WindowOptions, 'channels'>;
  /** How a window is made ready for the encoder. */
  readonly series?: SeriesOptions;
  /** What turns a series into a vector. */
  readonly encoder?: Omit<EncoderOptions, 'seed'>;
  /** How vectors are grouped into segments. */
  readonly cluster?: ClusterOptions;
  /** When models are trained and replaced. */
  readonly model?: ModelOptions;
  /** How change is watched. */
  readonly drift?: DriftWatchOptions;
  /** What is told at once. */
  readonly alerts?: AlertWatchOptions;
  /** All that is random follows from it: 0 to 4,294,967,295. @default 42 */
  readonly seed?: number;
}

export interface ClusterOptions {
  /**
   * Number of segments, 1 to 1,000; fewer where the stream has fewer distinct series. `auto` takes, at each training,
   * the one of 2 to 12 with the largest silhouette, and stays with the one in force where no other gains 0.02.
   * @default 6
   */
  readonly k?: number | 'auto';
  /** A clusterer of the user's own that places the centroids in each training (docs/plugins.md). @default k-means does */
  readonly plugin?: PluginModule | undefined;
  /**
   * After which what centroids learnt counts half: a number of windows, from 1, or a duration of event time such as `30d`.
   * @default nothing is forgotten between retrainings
   */
  readonly halfLife?: number | string | undefined;
  /** What segments are told apart by: places, or directions alone. @default 'euclidean' */
  readonly distance?: 'euclidean' | 'cosine';
  /** Windows between two updates of the centroids, from 1. @default 10_000 */
  readonly epochWindows?: number;
  /** First fits tried, of which the best is kept, 1 to 100. @default 10 */
  readonly starts?: number;
}

export interface ModelOptions {
  /**
   * Windows collected before the first training, from 1; until then assignments say `warming` or `provisional`.
   * @default 2_000, or at least 320 in two whole waves of windows that end together; such a model is fitted anew as windows double
   */
  readonly firstFit?: number;
  /** Windows kept for training, from 1. Each costs its cells times 5 bytes. @default 20_000 */
  readonly reservoir?: number;
  /**
   * Share of the reservoir that a segment is to have however rare it is, 0 for none; it comes to ten times its own share
   * at most, and all floors together to a quarter.
   * @default 0.01, or that of 100 windows in a smaller reservoir
   */
  readonly reservoirFloor?: number;
  /** Window lengths of event time after which a window is half as likely to be learnt from as a new one. @default 8 */
  readonly history?: number;
  /** Part of the reservoir kept back for the gate, 0 to 1. @default 0.2 */
  readonly heldOut?: number;
  /** Former models that are kept to go back to, and as many refused ones, 1 to 1,000. @default 5 */
  readonly keep?: number;
  readonly retrain?: ModelRetrainOptions;
  /** What a challenger must show before it replaces the champion. */
  readonly gate?: GateOptions;
  /** How the output `embeddings` stays comparable from one model version to the next. */
  readonly align?: AlignOptions;
}

export interface ModelRetrainOptions {
  /** Retrain after so many windows, from 1. @default 50_000 */
  readonly everyWindows?: number;
  /** Retrain after so many window lengths of event time, whichever comes first. @default 4 */
  readonly everyWindowLengths?: number;
  /**
   * Retrain at these times as well: a cron expression of five fields such as `0 3 * * *`, in `window.timeZone`; by
   * event time in a replay, by the wall clock when live. @default never
   */
  readonly cron?: string | undefined;
  /** New windows without which time alone starts no training, from 1. @default `firstFit` */
  readonly minWindows?: number | undefined;
  /** Least event time between two trainings. @default one window length */
  readonly minInterval?: Duration | undefined;
  /** Retrain when drift calls for it. @default true */
  readonly onDrift?: boolean;
  /** Every so many trainings one begins from new weights and not from the champion's, from 1. @default 5 */
  readonly freshEvery?: number;
  /** Updates at most of a training that begins from the champion's weights, from 1. @default half of `encoder.updates` */
  readonly warmUpdates?: number | undefined;
  /** Wall clock that a training may take before it is ended and the model in force stays. @default an hour */
  readonly maxDuration?: Duration | undefined;
  /**
   * In a replay a model takes effect exactly so many windows after the one that it was trained up to, and the stream
   * waits there. A multiple of 256. Live, it takes effect on arrival. @default 0
   */
  readonly swapAfterWindows?: number;
}

/** As `DriftOptions`, with durations as they are written elsewhere. */
export interface DriftWatchOptions extends Omit<DriftOptions, 'everyMs' | 'referenceMs'> {
  /** Event time between two rounds of reports. @default one step of the windows */
  readonly every?: Duration | undefined;
  /** Least event time that the reference spans: whole weeks, where usage differs by weekday. @default 0 */
  readonly referenceSpan?: Duration;
}

/** As `AlertOptions`, with durations as they are written elsewhere. */
export interface AlertWatchOptions extends Omit<AlertOptions, 'cooldownMs'> {
  /** Event time after an alert during which its customer raises no other of the kind. @default one window length */
  readonly cooldown?: Duration | undefined;
}
