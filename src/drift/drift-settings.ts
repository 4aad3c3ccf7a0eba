import { SegtideError } from '../errors.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import type { ChangeWatchSettings } from './change-watch.js';
import type { DriftReport } from './drift-report.js';
import { LEAST_SHIFT } from './significant-shift.js';

export type DriftLayer = DriftReport['layer'];

export interface DriftThresholds {
  /** Population stability index: of segment shares, and of a channel's values over deciles of the reference. @default 0.2 */
  readonly psi?: number;
  /** Kolmogorov-Smirnov statistic: of a channel's values, and of a coordinate beyond what shares explain. @default 0.15 */
  readonly ks?: number;
  /** Jensen-Shannon distance: of segment shares, and of a channel's values over deciles. @default 0.2 */
  readonly jensenShannon?: number;
  /** Wasserstein distance of a channel's values, in their standard deviations. @default 0.3 */
  readonly wasserstein?: number;
  /** Shift of a centroid relative to the mean within-cluster spread. @default 0.5 */
  readonly centroidShift?: number;
  /** Rise of the mean distance to the nearest centroid within segments, relative to the reference. @default 0.3 */
  readonly distance?: number;
  /** Squared maximum mean discrepancy of embeddings within segments. @default 0.03 */
  readonly mmd?: number;
  /** Shift of a coordinate's mean within segments, in its standard deviations within segments. @default 0.3 */
  readonly meanShift?: number;
  /**
   * Least change of a mean within segments, in standard deviations within segments, that the watch over all waves
   * since the model took over tells of.
   * @default 0.05
   */
  readonly change?: number;
  /** Rise of the share of customers who change segment from one window to the next. @default 0.1 */
  readonly moves?: number;
  /** Rise of the mean reconstruction error within segments, relative to the reference. @default 0.5 */
  readonly reconstructionError?: number;
}

/** A statistic of the user's own. */
export interface DriftStatisticOptions {
  /** Its name is that of the statistic. */
  readonly plugin: PluginModule;
  /** Where it looks: what its drift asks for, and what it is ranked with. */
  readonly layer: DriftLayer;
  /** A value at or above it is drift. */
  readonly threshold: number;
  /** Plain JSON that it is handed. @default none */
  readonly parameters?: Readonly<Record<string, unknown>>;
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
  /** Statistics of the user's own, asked in each round beside the others (docs/plugins.md). @default none */
  readonly statistics?: readonly DriftStatisticOptions[];
  /**
   * Share of chance among what is significant in a round, over all of its statistics (Benjamini-Hochberg): a value that
   * chance explains starts no drift.
   * @default 0.001
   */
  readonly significance?: number;
  /**
   * What drift in a layer asks for. Shares that move need no other model, and refitting on them makes segments worse;
   * windows that lie elsewhere within their segments ask for a refit, what the encoder no longer describes for a
   * retraining.
   * @default { input: 'none', embedding: 'refit', assignment: 'none', model: 'retrain' }
   */
  readonly actions?: Partial<Record<DriftLayer, 'none' | 'refit' | 'retrain'>>;
  /** Windows after an action during which further ones are suppressed. @default 20_000 */
  readonly cooldownWindows?: number;
}

/** Windows that a shift within segments is measured against at first: some of each segment. */
const WATCH_REFERENCE = 64;

export interface DriftSettings extends Required<Omit<DriftOptions, 'thresholds' | 'actions'>> {
  /** Those of the user's own statistics, too, by name. */
  readonly thresholds: Required<DriftThresholds> & Readonly<Record<string, number>>;
  readonly actions: Record<DriftLayer, 'none' | 'refit' | 'retrain'>;
  /** Names of the channels, in their order. */
  readonly channels: readonly string[];
  readonly watch: ChangeWatchSettings;
}

const THRESHOLDS: Required<DriftThresholds> = {
  psi: 0.2,
  ks: 0.15,
  jensenShannon: 0.2,
  wasserstein: 0.3,
  centroidShift: 0.5,
  distance: 0.3,
  mmd: 0.03,
  meanShift: 0.3,
  change: 0.05,
  moves: 0.1,
  reconstructionError: 0.5,
};

/**
 * @param channels names of the channels, in their order
 * @throws SegtideError `config` when a number is out of range.
 */
export function resolveDriftOptions(options: DriftOptions, channels: readonly string[]): DriftSettings {
  const { statistics = [] } = options;
  const settings: DriftSettings = {
    everyWindows: options.everyWindows ?? 10_000,
    everyMs: options.everyMs ?? 86_400_000,
    minWindows: options.minWindows ?? 500,
    referenceWindows: options.referenceWindows ?? 2_000,
    referenceMs: options.referenceMs ?? 0,
    thresholds: { ...THRESHOLDS, ...options.thresholds, ...ownThresholds(statistics) },
    statistics,
    significance: options.significance ?? 0.001,
    actions: { input: 'none', embedding: 'refit', assignment: 'none', model: 'retrain', ...options.actions },
    cooldownWindows: options.cooldownWindows ?? 20_000,
    channels,
    watch: {
      threshold: LEAST_SHIFT,
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

/** Thresholds of the user's own statistics, by name. */
function ownThresholds(statistics: readonly DriftStatisticOptions[]): Readonly<Record<string, number>> {
  const thresholds: Record<string, number> = {};
  for (const { plugin, layer, threshold } of statistics) {
    const { name } = plugin;
    if (Object.hasOwn(THRESHOLDS, name)) {
      throw new SegtideError(
        'config',
        `drift \`statistics\`: ${name} is a statistic already; call the plug-in otherwise`,
      );
    }
    if (Object.hasOwn(thresholds, name)) {
      throw new SegtideError('config', `drift \`statistics\`: ${name} is named twice; each plug-in is one statistic`);
    }
    if (!LAYERS.includes(layer)) throw outOfRange(`statistics.${name}.layer`, `one of ${LAYERS.join(', ')}`, layer);
    if (!(threshold > 0)) throw outOfRange(`statistics.${name}.threshold`, 'positive', threshold);
    thresholds[name] = threshold;
  }
  return thresholds;
}

const LAYERS: readonly DriftLayer[] = ['input', 'embedding', 'assignment', 'model'];

function outOfRange(name: string, range: string, got: number | string): SegtideError {
  return new SegtideError('config', `drift \`${name}\` must be ${range}; got ${got}`);
}
