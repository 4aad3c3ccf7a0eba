import { SegtideError } from '../errors.js';
import type { ChangeWatchSettings } from './change-watch.js';
import type { DriftReport } from './drift-report.js';

export type DriftLayer = DriftReport['layer'];

export interface DriftThresholds {
  /** Population stability index: of segment shares, and of a channel's values over deciles of the reference. @default 0.2 */
  readonly psi?: number;
  /** Kolmogorov-Smirnov statistic of a channel's values. @default 0.15 */
  readonly ks?: number;
  /** Shift of a centroid relative to the mean within-cluster spread. @default 0.5 */
  readonly centroidShift?: number;
  /** Rise of the mean distance to the nearest centroid, relative to the reference. @default 0.3 */
  readonly distance?: number;
  /** Rise of the mean reconstruction error, relative to the reference. @default 0.5 */
  readonly reconstructionError?: number;
}

export interface DriftOptions {
  /** Windows between two rounds of reports; a round waits for the end of a wave. @default 10_000 */
  readonly everyWindows?: number;
  /** Event time between two rounds of reports, in ms: the step of the windows. @default 1 day */
  readonly everyMs?: number;
  /** Least windows of a report; fewer wait for more, so that chance does not show as drift. @default 500 */
  readonly minWindows?: number;
  /** Least windows, in whole waves after a model took over, that make up the reference. @default 2_000 */
  readonly referenceWindows?: number;
  /**
   * Least event time, in ms, that the reference spans: whole cycles, where usage differs by the day of the week.
   * @default 0
   */
  readonly referenceMs?: number;
  /** A value at or above its threshold is drift. */
  readonly thresholds?: DriftThresholds;
  /** Largest p-value with which a Kolmogorov-Smirnov statistic starts a drift. @default 0.001 */
  readonly significance?: number;
  /**
   * What drift in a layer asks for. Shares that move need no other model, and refitting on them makes segments worse;
   * centroids that move are followed by a refit, and what the encoder no longer describes by a retraining.
   * @default { input: 'none', embedding: 'refit', assignment: 'none', model: 'retrain' }
   */
  readonly actions?: Partial<Record<DriftLayer, 'none' | 'refit' | 'retrain'>>;
  /** Windows after an action during which further ones are suppressed. @default 20_000 */
  readonly cooldownWindows?: number;
}

/** Shift within segments, in spreads, from which behaviour has changed; beside it, chance must not explain it. */
const CHANGE_THRESHOLD = 0.4;
/** Windows that a shift within segments is measured against at first: some of each segment. */
const WATCH_REFERENCE = 64;

export interface DriftSettings extends Required<Omit<DriftOptions, 'thresholds' | 'actions'>> {
  readonly thresholds: Required<DriftThresholds>;
  readonly actions: Record<DriftLayer, 'none' | 'refit' | 'retrain'>;
  /** Names of the channels, in their order. */
  readonly channels: readonly string[];
  readonly watch: ChangeWatchSettings;
}

/**
 * @param channels names of the channels, in their order
 * @throws SegtideError `config` when a number is out of range.
 */
export function resolveDriftOptions(options: DriftOptions, channels: readonly string[]): DriftSettings {
  const settings: DriftSettings = {
    everyWindows: options.everyWindows ?? 10_000,
    everyMs: options.everyMs ?? 86_400_000,
    minWindows: options.minWindows ?? 500,
    referenceWindows: options.referenceWindows ?? 2_000,
    referenceMs: options.referenceMs ?? 0,
    thresholds: {
      psi: options.thresholds?.psi ?? 0.2,
      ks: options.thresholds?.ks ?? 0.15,
      centroidShift: options.thresholds?.centroidShift ?? 0.5,
      distance: options.thresholds?.distance ?? 0.3,
      reconstructionError: options.thresholds?.reconstructionError ?? 0.5,
    },
    significance: options.significance ?? 0.001,
    actions: { input: 'none', embedding: 'refit', assignment: 'none', model: 'retrain', ...options.actions },
    cooldownWindows: options.cooldownWindows ?? 20_000,
    channels,
    watch: {
      threshold: CHANGE_THRESHOLD,
      referenceWindows: WATCH_REFERENCE,
      referenceMs: options.referenceMs ?? 0,
      mostReferenceWindows: options.referenceWindows ?? 2_000,
    },
  };
  for (const name of ['everyWindows', 'everyMs', 'minWindows', 'referenceWindows'] as const) {
    if (!(settings[name] > 0)) throw outOfRange(name, 'positive', settings[name]);
  }
  for (const name of ['referenceMs', 'cooldownWindows', 'significance'] as const) {
    if (!(settings[name] >= 0)) throw outOfRange(name, 'at least 0', settings[name]);
  }
  for (const [name, value] of Object.entries(settings.thresholds)) {
    if (!(value > 0)) throw outOfRange(`thresholds.${name}`, 'positive', value);
  }
  return settings;
}

function outOfRange(name: string, range: string, got: number): SegtideError {
  return new SegtideError('config', `drift \`${name}\` must be ${range}; got ${got}`);
}
