import { SegtideError } from '../errors.js';
import { USAGE_SEGMENTS, type UsageSegment } from './usage-segment.js';

/** A change of behaviour at the beginning of a day, known to the labels. */
export type PlantedDrift =
  /** A share of one segment's customers behaves like another segment from then on. */
  | {
      readonly atDay: number;
      readonly kind: 'switch';
      readonly from: UsageSegment;
      readonly to: UsageSegment;
      readonly share: number;
    }
  /** A segment's usage is multiplied by a factor. */
  | { readonly atDay: number; readonly kind: 'level'; readonly segment: UsageSegment; readonly factor: number }
  /** A segment does all it does some hours later in the week, from 1 to 167. */
  | { readonly atDay: number; readonly kind: 'shape'; readonly segment: UsageSegment; readonly shiftHours: number }
  /** A share of all customers moves to a segment that had none. */
  | { readonly atDay: number; readonly kind: 'new-segment'; readonly segment: UsageSegment; readonly share: number };

/** A usage stream with known segments. Shares are of all events and are drawn event by event. */
export interface SimulationOptions {
  /** Same seed, same bytes. @default 1 */
  readonly seed?: number;
  /** @default 2000 */
  readonly customers?: number;
  /** Whole days. @default 84 */
  readonly days?: number;
  /** Midnight UTC of the first day, epoch ms. @default 1704067200000 (2024-01-01) */
  readonly start?: number;
  /** How many customers behave how, in relation to each other. @default 1 each, 0 for `nightly` */
  readonly segments?: { readonly [segment in UsageSegment]?: number };
  /** Events per customer and day, on average over customers and time (`inactive` and planted drift aside). @default 6 */
  readonly rate?: number;
  /** Standard deviation of the logarithm of a customer's own rate. @default 0.5 */
  readonly rateSpread?: number;
  /** Mean of an event's value, which is gamma distributed and rounded to thousandths. @default 1 */
  readonly valueMean?: number;
  /** Shape of the gamma distribution; 1 is exponential, larger is narrower. @default 2 */
  readonly valueShape?: number;
  /** Share of events that arrive after others with a later time. @default 0.2 */
  readonly outOfOrderShare?: number;
  /** No event but a planted late one comes more than this behind the latest event time before it, ms. @default 300000 (5 min) */
  readonly outOfOrderMs?: number;
  /** Share of events held back until the latest event time has passed theirs by `lateMs`. @default 0.001 */
  readonly lateShare?: number;
  /** Longer than window, allowed lateness and out-of-orderness together, a late event is late for every window. @default 172800000 (2 d) */
  readonly lateMs?: number;
  /** Share of events written twice, byte by byte, within `outOfOrderMs`. @default 0.002 */
  readonly duplicateShare?: number;
  /** Share of events whose record is spoilt: cut off, without timestamp, NaN, in seconds, or not UTF-8, in turn by chance. @default 0.001 */
  readonly corruptShare?: number;
  /** Share of events dated `futureMs` too far ahead. @default 0.0002 */
  readonly futureShare?: number;
  /** @default 31536000000 (365 d) */
  readonly futureMs?: number;
  /** @default none */
  readonly drift?: readonly PlantedDrift[];
  /** Share of customers who once behave oddly for a while, in the second half: `ANOMALY_KINDS`. @default 0 */
  readonly anomalyShare?: number;
  /** Share of customers, `inactive` ones aside, who join at the beginning of a day in the first half. @default 0 */
  readonly joinShare?: number;
  /** Name of a field that tells the true segment of its customer in each event; at most 64 letters, digits and `_`. @default none */
  readonly labelField?: string | undefined;
}

/** Resolved `SimulationOptions`; drift in the order of days. */
export interface SimulationSettings extends Required<Omit<SimulationOptions, 'segments' | 'labelField'>> {
  readonly labelField: string | undefined;
  readonly segments: { readonly [segment in UsageSegment]: number };
}

export const DAY_MS = 86_400_000;

/** @throws SegtideError `config` for a value out of range, or drift that can't be planted. */
export function resolveSimulation(options: SimulationOptions = {}): SimulationSettings {
  const settings: SimulationSettings = {
    seed: options.seed ?? 1,
    customers: options.customers ?? 2000,
    days: options.days ?? 84,
    start: options.start ?? 1_704_067_200_000,
    segments: resolveSegments(options.segments),
    rate: options.rate ?? 6,
    rateSpread: options.rateSpread ?? 0.5,
    valueMean: options.valueMean ?? 1,
    valueShape: options.valueShape ?? 2,
    outOfOrderShare: options.outOfOrderShare ?? 0.2,
    outOfOrderMs: options.outOfOrderMs ?? 300_000,
    lateShare: options.lateShare ?? 0.001,
    lateMs: options.lateMs ?? 2 * DAY_MS,
    duplicateShare: options.duplicateShare ?? 0.002,
    corruptShare: options.corruptShare ?? 0.001,
    futureShare: options.futureShare ?? 0.0002,
    futureMs: options.futureMs ?? 365 * DAY_MS,
    drift: [...(options.drift ?? [])].sort((a, b) => a.atDay - b.atDay),
    anomalyShare: options.anomalyShare ?? 0,
    joinShare: options.joinShare ?? 0,
    labelField: resolveField(options.labelField),
  };
  checkRanges(settings);
  for (const drift of settings.drift) checkDrift(drift, settings);
  return settings;
}

function resolveField(name: string | undefined): string | undefined {
  if (name === undefined || (/^[A-Za-z_]\w{0,63}$/.test(name) && !EVENT_FIELDS.includes(name))) return name;
  return refuse(
    `\`labelField\` must be at most 64 letters, digits and _, and none of ${EVENT_FIELDS.join(', ')}; got ${JSON.stringify(name)}`,
  );
}

const EVENT_FIELDS: readonly string[] = ['customerId', 'eventId', 'timestamp', 'value'];

function resolveSegments(segments: SimulationOptions['segments']): SimulationSettings['segments'] {
  const shares = USAGE_SEGMENTS.map((name): [UsageSegment, number] => {
    const share = segments === undefined ? (name === 'nightly' ? 0 : 1) : (segments[name] ?? 0);
    return [name, check(`segments.${name}`, share, 0, Number.MAX_VALUE)];
  });
  for (const name of Object.keys(segments ?? {})) checkSegment('segments', name as UsageSegment);
  if (shares.every(([, share]) => share === 0)) refuse('`segments` must have at least one segment above 0');
  return Object.fromEntries(shares) as SimulationSettings['segments'];
}

function checkRanges(settings: SimulationSettings): void {
  checkWhole('seed', settings.seed, -0x80000000, 0xffffffff);
  checkWhole('customers', settings.customers, 1, 100_000_000);
  checkWhole('days', settings.days, 1, 36_500);
  checkWhole('start', settings.start, 0, 4_102_444_800_000);
  if (settings.start % DAY_MS !== 0) refuse(`\`start\` must be midnight UTC, epoch ms; got ${settings.start}`);
  check('rate', settings.rate, Number.MIN_VALUE, 1e6);
  check('rateSpread', settings.rateSpread, 0, 3);
  check('valueMean', settings.valueMean, 0.001, 1e6);
  check('valueShape', settings.valueShape, 0.01, 1000);
  check('anomalyShare', settings.anomalyShare, 0, 1);
  check('joinShare', settings.joinShare, 0, 1);
  checkWhole('outOfOrderMs', settings.outOfOrderMs, 1, 30 * DAY_MS);
  checkWhole('lateMs', settings.lateMs, 1, 3650 * DAY_MS);
  checkWhole('futureMs', settings.futureMs, 1, 36_500 * DAY_MS);
  if (settings.lateMs <= settings.outOfOrderMs) {
    refuse(`\`lateMs\` must be above \`outOfOrderMs\`, else late would be in time; got ${settings.lateMs}`);
  }
  let sum = 0;
  for (const name of ['outOfOrderShare', 'lateShare', 'duplicateShare', 'corruptShare', 'futureShare'] as const) {
    sum += check(name, settings[name], 0, 1);
  }
  if (sum > 1)
    refuse(`the shares of out-of-order, late, duplicate, corrupt and future events add up to ${sum}, above 1`);
}

function checkDrift(drift: PlantedDrift, settings: SimulationSettings): void {
  checkWhole('drift.atDay', drift.atDay, 1, settings.days - 1);
  if (drift.kind === 'switch') {
    checkSegment('drift.from', drift.from);
    checkSegment('drift.to', drift.to);
    check('drift.share', drift.share, 0, 1);
  } else if (drift.kind === 'level') {
    checkSegment('drift.segment', drift.segment);
    check('drift.factor', drift.factor, 0, 1000);
  } else if (drift.kind === 'shape') {
    checkSegment('drift.segment', drift.segment);
    checkWhole('drift.shiftHours', drift.shiftHours, 1, 167);
  } else if (drift.kind === 'new-segment') {
    checkSegment('drift.segment', drift.segment);
    check('drift.share', drift.share, 0, 1);
  } else {
    refuse('`drift.kind` must be one of switch, level, shape, new-segment');
  }
}

function checkSegment(name: string, segment: UsageSegment): void {
  if (USAGE_SEGMENTS.includes(segment)) return;
  refuse(`\`${name}\` must be one of ${USAGE_SEGMENTS.join(', ')}; got ${JSON.stringify(segment)}`);
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value)) refuse(`\`${name}\` must be a whole number; got ${value}`);
  check(name, value, least, most);
}

function check(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  return refuse(`\`${name}\` must be from ${least} to ${most}; got ${value}`);
}

function refuse(text: string): never {
  throw new SegtideError('config', `simulate: ${text}`);
}
