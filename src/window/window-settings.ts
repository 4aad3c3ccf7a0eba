import { SegtideError } from '../errors.js';
import { parseDuration } from '../numeric/duration.js';
import { hashBytes } from '../numeric/hash.js';
import { MOST_CHANNELS } from '../numeric/most-channels.js';
import { createZone, type Zone } from '../numeric/zone.js';
import { createCalendarStepClock } from './calendar-step-clock.js';
import { createFixedStepClock } from './fixed-step-clock.js';
import type { StepClock } from './step-clock.js';
import type { Aggregate, CalendarStep, ChannelOptions, Duration, WindowOptions } from './window-options.js';

export interface ChannelSettings {
  readonly name: string;
  readonly aggregate: Aggregate;
  readonly cumulative: boolean;
}

/** Options with every default filled in; durations in ms. Made by `resolveWindow` only. */
export interface WindowSettings {
  readonly clock: StepClock;
  readonly steps: number;
  /** In steps. */
  readonly hop: number;
  /** A step at which a window begins. */
  readonly phase: number;
  readonly outOfOrdernessMs: number;
  readonly allowedLatenessMs: number;
  readonly minObserved: number;
  /** Infinity keeps customers for ever. */
  readonly customerTtlSteps: number;
  readonly maxCustomers: number;
  readonly maxAheadMs: number;
  readonly maxFutureMs: number;
  readonly deduplicate: boolean;
  /** Undefined emits on close only. */
  readonly provisionalEveryMs: number | undefined;
  readonly idleTimeoutMs: number;
  readonly atEnd: 'complete' | 'partial';
  readonly channels: readonly ChannelSettings[];
  readonly pageWindows: number;
  /** Names the settings that shape the state: a snapshot resumes only with equal ones. */
  readonly hash: string;
}

/**
 * Fills in defaults and checks ranges and what must fit together.
 *
 * @param zone the zone of `timeZone`, for callers that hold it already: making one takes some 30 ms
 * @throws SegtideError `config` that says what, got what, and why
 */
export function resolveWindow(
  options: WindowOptions,
  zone: Zone = createZone(options.timeZone ?? 'UTC'),
): WindowSettings {
  const steps = whole(options.steps, 'steps', 1, 65_535);
  const originMs = resolveOrigin(options.origin, zone);
  const clock = createClock(options.step, zone, originMs);
  const nominalMs = clock.nominalMs;
  const hop = resolveHop(options.hop ?? steps, options.step, nominalMs);
  const minObserved = whole(options.minObserved ?? 0, 'minObserved', 0, steps);
  const outOfOrdernessMs = duration(options.outOfOrderness ?? '5m', 'outOfOrderness');
  const maxAheadMs = duration(
    options.maxAhead ?? Math.max(MONTH_MS, AHEAD_STEPS * nominalMs, 2 * outOfOrdernessMs),
    'maxAhead',
  );
  if (maxAheadMs <= outOfOrdernessMs) {
    throw refuse(
      `\`maxAhead\` must be more than \`outOfOrderness\`, else events in their usual disorder would be quarantined; ` +
        `got ${maxAheadMs} ms and ${outOfOrdernessMs} ms`,
    );
  }
  const customerTtlSteps = resolveTtl(options.customerTtl, steps, nominalMs);
  const channels = resolveChannels(options.channels ?? [{ name: 'value' }]);
  const allowedLatenessMs = duration(options.allowedLateness ?? 0, 'allowedLateness');
  const emit = options.emit ?? 'onClose';
  const phase = clock.indexOf(originMs ?? (isCalendar(options.step) ? zone.startOf(0) : 0));
  const shaping = {
    clock: clock.name,
    steps,
    hop,
    phase,
    outOfOrdernessMs,
    allowedLatenessMs,
    customerTtlSteps: String(customerTtlSteps),
    maxCustomers: whole(options.maxCustomers ?? 1_000_000, 'maxCustomers', 1, 2 ** 27),
    maxAheadMs,
    maxFutureMs: duration(options.maxFuture ?? '1h', 'maxFuture'),
    deduplicate: options.deduplicate ?? false,
    provisionalEveryMs: emit === 'onClose' ? undefined : positive(emit, 'emit'),
    minObserved,
    atEnd: options.atEnd ?? 'complete',
    channels,
  } as const;
  const text = new TextEncoder().encode(JSON.stringify(shaping));
  return {
    ...shaping,
    clock,
    customerTtlSteps,
    idleTimeoutMs: positive(options.idleTimeout ?? '1m', 'idleTimeout'),
    pageWindows: whole(options.pageWindows ?? 4096, 'pageWindows', 1, 1 << 20),
    hash: (hashBytes(text, 0, text.length) >>> 0).toString(16).padStart(8, '0'),
  };
}

const MONTH_MS = 30 * 86_400_000;
/** Of events that come once a step, with one or two left out. */
const AHEAD_STEPS = 3;
const CALENDAR_MS: Record<CalendarStep, number> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_629_746_000,
};
/** Monday of the week in which the epoch lies. */
const FIRST_MONDAY = -3 * 86_400_000;

function createClock(step: CalendarStep | Duration, zone: Zone, originMs: number | undefined): StepClock {
  if (isCalendar(step)) {
    // Without offsets hours, days and weeks have fixed lengths, and the cheaper clock gives the same steps.
    if (zone.name !== 'UTC' || step === 'month') return createCalendarStepClock(step, zone);
    return createFixedStepClock(CALENDAR_MS[step], step === 'week' ? FIRST_MONDAY : 0);
  }
  const lengthMs = duration(step, 'step');
  if (lengthMs < 1000) throw refuse(`\`step\` must be at least 1 s, got ${lengthMs} ms; use \`1s\` and fewer steps`);
  if (lengthMs > 100 * 366 * 86_400_000) throw refuse(`\`step\` must be at most 100 years, got ${lengthMs} ms`);
  return createFixedStepClock(lengthMs, originMs ?? 0);
}

function isCalendar(step: CalendarStep | Duration): step is CalendarStep {
  return typeof step === 'string' && Object.hasOwn(CALENDAR_MS, step);
}

/** Origin as epoch ms, or undefined where there is none. */
function resolveOrigin(origin: string | number | undefined, zone: Zone): number | undefined {
  if (origin === undefined) return undefined;
  if (typeof origin === 'number') {
    if (Number.isFinite(origin)) return origin;
    throw refuse(`\`origin\` must be ISO 8601 text or epoch ms, got ${origin}`);
  }
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(origin);
  const ms = parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}${parts[3] ?? 'Z'}`);
  if (parts === null || Number.isNaN(ms)) {
    throw refuse(
      `\`origin\` must be ISO 8601 text such as 2012-12-31 or 2013-01-01T06:00Z, or epoch ms; got ${origin}`,
    );
  }
  return parts[3] === undefined ? zone.toEpoch(ms) : ms;
}

function resolveHop(hop: number | string, step: CalendarStep | Duration, nominalMs: number): number {
  if (typeof hop === 'number') return whole(hop, 'hop', 1, 1_000_000);
  const hopMs = duration(hop, 'hop');
  const steps = hopMs / nominalMs;
  if (Number.isInteger(steps) && step !== 'month') return whole(steps, 'hop', 1, 1_000_000);
  throw refuse(
    `\`hop\` must be a whole number of steps, else windows would cut a step; got ${hop} with steps of ${step}`,
  );
}

function resolveTtl(ttl: Duration | undefined, steps: number, nominalMs: number): number {
  if (ttl === undefined) return 4 * steps;
  if (ttl === Number.POSITIVE_INFINITY) return ttl;
  const ttlSteps = Math.ceil(duration(ttl, 'customerTtl') / nominalMs);
  if (ttlSteps >= steps) return ttlSteps;
  throw refuse(
    `\`customerTtl\` must be at least one window, else customers would be forgotten before the window of their last ` +
      `event closes; got ${ttl}, which is ${ttlSteps} steps, with ${steps} steps a window`,
  );
}

function resolveChannels(channels: readonly ChannelOptions[]): readonly ChannelSettings[] {
  if (channels.length < 1 || channels.length > MOST_CHANNELS) {
    throw refuse(`\`channels\` must hold 1 to ${MOST_CHANNELS} channels, got ${channels.length}`);
  }
  const names = new Set<string>();
  return channels.map(({ name, aggregate = 'sum', cumulative = false }) => {
    if (names.has(name)) throw refuse(`channels must have different names, got \`${name}\` twice`);
    names.add(name);
    if (!AGGREGATES.includes(aggregate)) {
      throw refuse(`\`aggregate\` of channel \`${name}\` must be one of ${AGGREGATES.join(', ')}; got ${aggregate}`);
    }
    return { name, aggregate, cumulative };
  });
}

const AGGREGATES: readonly Aggregate[] = ['sum', 'mean', 'min', 'max', 'last', 'count'];

function whole(value: number, option: string, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw refuse(`\`${option}\` must be a whole number from ${min} to ${max}, got ${value}`);
}

function positive(value: Duration, option: string): number {
  const ms = duration(value, option);
  if (ms > 0) return ms;
  throw refuse(`\`${option}\` must be longer than 0, got ${value}`);
}

function duration(value: Duration, option: string): number {
  try {
    return parseDuration(value);
  } catch (cause) {
    throw new SegtideError('config', `\`${option}\`: ${(cause as RangeError).message}`, { cause });
  }
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', text);
}
