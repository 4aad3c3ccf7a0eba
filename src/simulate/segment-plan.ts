import { SegtideError } from '../errors.js';
import { createRandom, type Random } from '../numeric/random.js';
import { shuffle } from '../numeric/shuffle.js';
import { type PlantedAnomaly, plantAnomalies } from './planted-anomaly.js';
import { DAY_MS, type PlantedDrift, type SimulationSettings } from './simulation-options.js';
import { USAGE_SEGMENTS } from './usage-segment.js';

/** Who behaves how, and what will change: everything about customers that is drawn before the first event. */
export interface SegmentPlan {
  /** Index into `USAGE_SEGMENTS`, at the start. */
  readonly segments: Uint8Array; // (customers)
  /** A customer's own rate, relative to the mean. */
  readonly levels: Float64Array; // (customers)
  /** Day at whose beginning a customer is there for the first time. */
  readonly joins: Uint16Array; // (customers)
  readonly changes: readonly PlannedChange[];
  /** In the order of customers. */
  readonly anomalies: readonly PlantedAnomaly[];
  /** Index into `USAGE_SEGMENTS` of a customer at a time, epoch ms. */
  segmentAt(customer: number, time: number): number;
}

export interface PlannedChange {
  readonly drift: PlantedDrift;
  /** 1 for each customer whose behaviour changes. */
  readonly touched: Uint8Array; // (customers)
  /** The touched customers' segment from then on; undefined where they stay in theirs. */
  readonly to: number | undefined;
}

/** @throws SegtideError `config` when a planted new segment has customers already. */
export function planSegments(settings: SimulationSettings): SegmentPlan {
  const random = createRandom(settings.seed);
  const segments = assignSegments(settings, random);
  const levels = new Float64Array(settings.customers);
  const { rateSpread } = settings;
  for (let i = 0; i < levels.length; i++) levels[i] = Math.exp(rateSpread * random.normal() - rateSpread ** 2 / 2);
  const current = segments.slice();
  const changes = settings.drift.map((drift) => {
    const change = planChange(drift, current, random);
    change.touched.forEach((touched, customer) => {
      if (touched === 1 && change.to !== undefined) current[customer] = change.to;
    });
    return change;
  });
  const segmentAt = segmentAtTime(settings, segments, changes);
  const joins = drawJoins(settings, segments);
  return { segments, levels, joins, changes, anomalies: plantAnomalies(settings, segmentAt), segmentAt };
}

/** Drawn apart from segments and levels, which stay what they are without. */
function drawJoins({ customers, days, joinShare, seed }: SimulationSettings, segments: Uint8Array): Uint16Array {
  const random = createRandom(seed ^ 0x1f83d9ab);
  const joins = new Uint16Array(customers);
  const latest = Math.floor(days / 2);
  if (joinShare === 0 || latest === 0) return joins;
  for (let customer = 0; customer < customers; customer++) {
    const isLate = random.next() < joinShare && segments[customer] !== INACTIVE;
    if (isLate) joins[customer] = 1 + random.below(latest);
  }
  return joins;
}

const INACTIVE = USAGE_SEGMENTS.indexOf('inactive');

function segmentAtTime(
  { start }: SimulationSettings,
  segments: Uint8Array,
  changes: readonly PlannedChange[],
): (customer: number, time: number) => number {
  return (customer, time) => {
    const last = changes.findLast(
      ({ drift, touched, to }) => to !== undefined && touched[customer] === 1 && start + drift.atDay * DAY_MS <= time,
    );
    return last?.to ?? segments[customer]!;
  };
}

/** Deals customers to segments by their shares, rounded by largest remainder, and shuffles them. */
function assignSegments(settings: SimulationSettings, random: Random): Uint8Array {
  const shares = USAGE_SEGMENTS.map((name) => settings.segments[name]);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const exact = shares.map((share) => (share / total) * settings.customers);
  const counts = exact.map(Math.floor);
  const byRemainder = exact.map((count, i) => ({ i, rest: count - counts[i]! })).sort((a, b) => b.rest - a.rest);
  let left = settings.customers - counts.reduce((sum, count) => sum + count, 0);
  for (const { i } of byRemainder) if (left-- > 0) counts[i]!++;

  const segments = new Uint8Array(settings.customers);
  let at = 0;
  counts.forEach((count, segment) => {
    segments.fill(segment, at, at + count);
    at += count;
  });
  shuffle(segments, random);
  return segments;
}

function planChange(drift: PlantedDrift, current: Uint8Array, random: Random): PlannedChange {
  const touched = new Uint8Array(current.length);
  if (drift.kind === 'new-segment') {
    const to = USAGE_SEGMENTS.indexOf(drift.segment);
    if (current.includes(to)) {
      throw new SegtideError(
        'config',
        `simulate: drift \`new-segment\` at day ${drift.atDay} names ${drift.segment}, which has customers already: ` +
          'name one without, or plant a `switch`',
      );
    }
    for (let i = 0; i < current.length; i++) if (random.next() < drift.share) touched[i] = 1;
    return { drift, touched, to };
  }
  const from = USAGE_SEGMENTS.indexOf(drift.kind === 'switch' ? drift.from : drift.segment);
  const share = drift.kind === 'switch' ? drift.share : 1;
  for (let i = 0; i < current.length; i++) if (current[i] === from && random.next() < share) touched[i] = 1;
  return { drift, touched, to: drift.kind === 'switch' ? USAGE_SEGMENTS.indexOf(drift.to) : undefined };
}
