import { createHash } from 'node:crypto';
import { type AlertSettings, resolveAlertOptions } from './anomaly/alert-settings.js';
import { type DriftSettings, resolveDriftOptions } from './drift/drift-settings.js';
import { autoencoderOf, type EncoderSettings, resolveEncoder } from './encode/encoder-options.js';
import { checkEncoderSeries } from './encoder-series.js';
import { SegtideError } from './errors.js';
import { parseDuration } from './numeric/duration.js';
import { checkKeys, createOptionCheck, type OptionCheck, toOptionError } from './option-check.js';
import type { SegmentationSettings } from './segmentation.js';
import { resolveSeries, type SeriesSettings } from './series/series-settings.js';
import { STAGE_KEYS } from './stage-keys.js';
import type { ModelOptions, StageOptions } from './stage-options.js';
import type { AlignOptions, AlignSettings } from './train/alignment.js';
import { type GateSettings, resolveGateOptions } from './train/gate.js';
import { type RetrainSettings, resolveRetrainOptions } from './train/retrain-settings.js';
import type { ClusterSettings } from './train/training-job.js';
import type { Duration } from './window/window-options.js';
import { resolveWindow, type WindowSettings } from './window/window-settings.js';

/** The settings of every stage, as its own `resolve…` made them. */
export interface StageSettings {
  readonly window: WindowSettings;
  readonly series: SeriesSettings;
  readonly encoder: EncoderSettings;
  readonly cluster: ClusterSettings;
  readonly model: LifeSettings;
  readonly gate: GateSettings;
  readonly retrain: RetrainSettings;
  readonly drift: DriftSettings;
  readonly alerts: AlertSettings;
  readonly timeZone: string;
  readonly seed: number;
}

/** The numbers of a model's life that belong to no stage alone. */
export interface LifeSettings {
  readonly reservoir: number;
  /** Share of the reservoir. */
  readonly reservoirFloor: number;
  /** In window lengths. */
  readonly history: number;
  readonly heldOut: number;
  readonly keep: number;
  readonly maxTrainingMs: number;
  readonly onDrift: boolean;
  readonly freshEvery: number;
  /** Undefined: half of the encoder's. */
  readonly warmUpdates: number | undefined;
  readonly swapAfterWindows: number;
  readonly align: AlignSettings;
}

/** Windows of a learning batch. Fixed, because results depend on it. */
const LEARN_EVERY = 256;
/** Of the reservoir, and windows in it: what a segment needs for a model to be fitted to it too. */
const LEAST_FLOOR = 0.01;
const LEAST_FLOOR_WINDOWS = 100;
/** Windows that a provisional model is made of at least, and for each of its segments. */
const PROVISIONAL_WINDOWS = 64;
const PROVISIONAL_WINDOWS_EACH = 8;
/** Cycle of usage where `drift.referenceSpan` names none. */
const WEEK_MS = 7 * 86_400_000;

/**
 * Settings of a segmentation.
 *
 * @param live models take effect on arrival; in a replay at a window of their own, so that results can be repeated
 * @throws SegtideError `config` with what every stage complains of
 */
export function resolveSegmentation(options: StageOptions, live: boolean): SegmentationSettings {
  const check = createOptionCheck();
  const stages = checkKeys(check, options, STAGE_KEYS) ? resolveStages(options, check) : undefined;
  if (stages === undefined || check.problems.length > 0) throw toOptionError(check.problems);
  return toSegmentationSettings(stages, live);
}

/**
 * Hands each section to the stage that it is for, with the defaults of those that have none of their own.
 *
 * @returns undefined where a stage refuses; `check` then says what
 */
export function resolveStages(options: StageOptions, check: OptionCheck): StageSettings | undefined {
  if (check.resolve('window', () => checkWindow(options.window)) === undefined) return undefined;
  const { seed = 42, model = {} } = options;
  const channels = options.channels ?? [{ name: 'value' }];
  const window = check.resolve('window', () => resolveWindow({ ...options.window, channels }));
  const series = check.resolve('series', () =>
    resolveSeries(options.series ?? {}, options.window.steps, channels.length),
  );
  const encoder = check.resolve('encoder', () => {
    const settings = resolveEncoder({ ...options.encoder, seed });
    if (series !== undefined) checkEncoderSeries(settings, series);
    return settings;
  });
  const cluster = check.resolve('cluster', () => resolveCluster(options.cluster));
  const life = check.resolve('model', () => resolveLife(model));
  const gate = check.resolve('model.gate', () => resolveGateOptions(model.gate));
  const retrain =
    window && check.resolve('model.retrain', () => resolveRetrain(model, window, options.window.timeZone));
  const drift = window && check.resolve('drift', () => resolveDrift(options.drift, window));
  const alerts = window && check.resolve('alerts', () => resolveAlerts(options.alerts, window));
  if (!(window && series && encoder && cluster && life && gate && retrain && drift && alerts)) return undefined;
  const timeZone = options.window.timeZone ?? 'UTC';
  return { window, series, encoder, cluster, model: life, gate, retrain, drift, alerts, timeZone, seed };
}

/** A window alone has no default. */
function checkWindow(window: unknown): true {
  if (window !== undefined) return true;
  throw refuse("must be an object, such as { step: 'hour', steps: 24 }; got undefined");
}

/** @param live as in `resolveSegmentation` */
export function toSegmentationSettings(stages: StageSettings, live: boolean): SegmentationSettings {
  const { window, series, encoder, cluster, model, gate, retrain, drift, alerts, timeZone, seed } = stages;
  const provisionalFit = provisionalWindows(stages);
  return {
    window,
    learnEvery: LEARN_EVERY,
    learnFirst: Math.min(LEARN_EVERY, provisionalFit ?? LEARN_EVERY),
    ...(alerts.kinds.length + alerts.rules.length > 0 && {
      alerts: { settings: alerts, series, channels: window.channels.map(({ name }) => name) },
    }),
    trainer: {
      model: {
        series,
        seriesHash: hashSettings([window.hash, series]),
        encoder,
        warmUpdates: model.warmUpdates ?? Math.ceil((autoencoderOf(encoder) ?? encoder).updates / 2),
        cluster,
        calendar: { timeZone, stepMs: window.clock.nominalMs },
        heldOut: model.heldOut,
        gate,
        align: model.align,
        // A span of nothing is no cycle.
        cycleMs: drift.referenceMs || WEEK_MS,
      },
      retrain,
      provisionalFit,
      reservoir: {
        capacity: model.reservoir,
        halfLifeMs: model.history * windowMs(window),
        floor: model.reservoirFloor,
      },
      drift,
      retrainOnDrift: model.onDrift,
      swapAfterWindows: live ? undefined : model.swapAfterWindows,
      freshEvery: model.freshEvery,
      keepModels: model.keep,
      maxTrainingMs: model.maxTrainingMs,
      seed,
    },
  };
}

/** Undefined where the first fit is as early, or an encoder is asked for that begins anew. */
function provisionalWindows({ encoder, cluster, retrain }: StageSettings): number | undefined {
  const each = cluster.k === 'auto' ? 0 : PROVISIONAL_WINDOWS_EACH * cluster.k;
  const windows = Math.max(PROVISIONAL_WINDOWS, each);
  return encoder.init === 'pretrained' && windows < retrain.firstFit ? windows : undefined;
}

/** Names settings that are plain JSON, whatever its length. */
export function hashSettings(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

function resolveCluster({
  k = 6,
  distance = 'euclidean',
  halfLife,
  epochWindows = 10_000,
  starts = 10,
  plugin,
}: StageOptions['cluster'] = {}) {
  if (!['euclidean', 'cosine'].includes(distance)) {
    throw refuse(`\`cluster.distance\` must be euclidean or cosine; got ${distance}`);
  }
  if (k !== 'auto') whole('cluster.k', k, 1, 1000);
  const halfLifeMs = typeof halfLife === 'string' ? duration('cluster.halfLife', halfLife) : undefined;
  if (halfLifeMs === 0) throw refuse('`cluster.halfLife` must be longer than nothing; got 0');
  if (typeof halfLife === 'number') real('cluster.halfLife', halfLife, 1);
  whole('cluster.epochWindows', epochWindows, 1);
  whole('cluster.starts', starts, 1, 100);
  return {
    k,
    distance,
    halfLife: typeof halfLife === 'number' ? halfLife : undefined,
    halfLifeMs,
    epochWindows,
    starts,
    ...(plugin && { plugin }),
  };
}

function resolveLife(options: ModelOptions): LifeSettings {
  const {
    reservoir = 20_000,
    reservoirFloor,
    history = 8,
    heldOut = 0.2,
    keep = 5,
    retrain = {},
    align = {},
  } = options;
  const { onDrift = true, freshEvery = 5, warmUpdates, swapAfterWindows = 0, maxDuration = '1h' } = retrain;
  whole('model.keep', keep, 1, 1000);
  const maxTrainingMs = duration('model.retrain.maxDuration', maxDuration);
  real('model.retrain.maxDuration', maxTrainingMs, 1);
  whole('model.reservoir', reservoir, 1);
  if (reservoirFloor !== undefined) real('model.reservoirFloor', reservoirFloor, 0, 1);
  real('model.history', history, 0.01);
  real('model.heldOut', heldOut, 0, 1);
  whole('model.retrain.freshEvery', freshEvery, 1);
  if (warmUpdates !== undefined) whole('model.retrain.warmUpdates', warmUpdates, 1, 10_000_000);
  whole('model.retrain.swapAfterWindows', swapAfterWindows, 0);
  if (swapAfterWindows % LEARN_EVERY !== 0) {
    throw refuse(
      `\`model.retrain.swapAfterWindows\` must be a multiple of ${LEARN_EVERY}, since models change only between batches of so many windows; got ${swapAfterWindows}`,
    );
  }
  return {
    reservoir,
    reservoirFloor: reservoirFloor ?? Math.min(1, Math.max(LEAST_FLOOR, LEAST_FLOOR_WINDOWS / reservoir)),
    history,
    heldOut,
    keep,
    maxTrainingMs,
    onDrift,
    freshEvery,
    warmUpdates,
    swapAfterWindows,
    align: resolveAlign(align),
  };
}

function resolveAlign({ to = 'none', scale = false }: AlignOptions): AlignSettings {
  if (['none', 'previous', 'first'].includes(to)) return { to, scale };
  throw refuse(`\`model.align.to\` must be none, previous or first; got ${to}`);
}

function resolveRetrain(
  { firstFit, retrain = {} }: ModelOptions,
  window: WindowSettings,
  timeZone = 'UTC',
): RetrainSettings {
  const { everyWindows, everyWindowLengths = 4, minInterval, minWindows, cron } = retrain;
  real('model.retrain.everyWindowLengths', everyWindowLengths, 0.01);
  return resolveRetrainOptions(
    {
      ...(firstFit !== undefined && { firstFit }),
      ...(everyWindows !== undefined && { everyWindows }),
      everyMs: Math.round(everyWindowLengths * windowMs(window)),
      ...(minWindows !== undefined && { minWindows }),
      ...(cron !== undefined && { cron: { expression: cron, timeZone } }),
      ...(minInterval !== undefined && { minIntervalMs: duration('model.retrain.minInterval', minInterval) }),
    },
    windowMs(window),
  );
}

function resolveDrift(
  { every, referenceSpan = 0, ...options }: NonNullable<StageOptions['drift']> = {},
  window: WindowSettings,
): DriftSettings {
  const everyMs = every === undefined ? window.clock.nominalMs : duration('drift.every', every);
  const referenceMs = duration('drift.referenceSpan', referenceSpan);
  const names = window.channels.map(({ name }) => name);
  return resolveDriftOptions({ ...options, everyMs, referenceMs }, names);
}

function resolveAlerts(
  { cooldown, ...options }: NonNullable<StageOptions['alerts']> = {},
  window: WindowSettings,
): AlertSettings {
  const cooldownMs = cooldown === undefined ? undefined : duration('alerts.cooldown', cooldown);
  return resolveAlertOptions({ ...options, ...(cooldownMs !== undefined && { cooldownMs }) }, windowMs(window));
}

function windowMs({ steps, clock }: WindowSettings): number {
  return steps * clock.nominalMs;
}

function whole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw refuse(`\`${name}\` must be a whole number ${range(least, most)}; got ${value}`);
}

function real(name: string, value: number, least: number, most = Number.MAX_VALUE): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw refuse(`\`${name}\` must be a number ${range(least, most)}; got ${value}`);
}

function range(least: number, most: number): string {
  return most >= Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
}

function duration(name: string, value: Duration): number {
  try {
    return parseDuration(value);
  } catch (cause) {
    throw new SegtideError('config', `\`${name}\`: ${(cause as RangeError).message}`, { cause });
  }
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', text);
}
