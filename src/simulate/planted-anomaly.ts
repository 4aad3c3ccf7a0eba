import { createRandom, type Random } from '../numeric/random.js';
import { customerId } from './simulated-record.js';
import { DAY_MS, type SimulationSettings } from './simulation-options.js';
import { USAGE_SEGMENTS, type UsageSegment } from './usage-segment.js';

/**
 * Ways in which one customer behaves oddly for a while, unlike its segment and unlike itself.
 * - `spike`: twenty times its mean usage for six hours, whatever the time of day.
 * - `dropout`: nothing for four days, of customers who use the service daily or on working days.
 * - `level`: six times its usage, at its own hours, for four days.
 * - `rhythm`: its usage twelve hours later, for seven days, of customers who have hours of their own.
 */
export const ANOMALY_KINDS = ['spike', 'dropout', 'level', 'rhythm'] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** The truth about an anomaly, in [from, to). */
export interface AnomalyLabel {
  readonly customerId: string;
  readonly kind: AnomalyKind;
  /** The customer's at the time. */
  readonly segment: UsageSegment;
  /** Epoch ms, both on whole hours. */
  readonly from: number;
  readonly to: number;
}

/** What a planted anomaly does to the customer's usage. */
export interface PlantedAnomaly extends AnomalyLabel {
  readonly customer: number;
  /** Times the customer's usage; of a `spike` its mean, of others what it would be at the hour. */
  readonly factor: number;
  readonly shiftHours: number;
}

/**
 * Draws who behaves oddly, how and when: `anomalyShare` of the customers, once each, in the second half of the stream, when
 * a model knows what is usual. In the order of customers; drawn apart from usage, which stays as it is for all others.
 */
export function plantAnomalies(
  settings: SimulationSettings,
  segmentAt: (customer: number, time: number) => number,
): readonly PlantedAnomaly[] {
  const { customers, anomalyShare, seed } = settings;
  if (anomalyShare === 0) return [];
  const random = createRandom(seed ^ 0x3c6ef372);
  const end = settings.start + settings.days * DAY_MS;
  const planted: PlantedAnomaly[] = [];
  for (let customer = 0; customer < customers; customer++) {
    if (random.next() >= anomalyShare) continue;
    const from = settings.start + drawStart(settings, random);
    const segment = USAGE_SEGMENTS[segmentAt(customer, from)]!;
    const kinds = ANOMALY_KINDS.filter((kind) => SHAPES[kind].segments.includes(segment));
    const draw = random.next();
    const kind = kinds[Math.floor(draw * kinds.length)];
    if (kind === undefined) continue;
    const { hours, factor, shiftHours } = SHAPES[kind];
    const to = Math.min(end, from + hours * HOUR_MS);
    planted.push({ customerId: customerId(customer), customer, kind, segment, from, to, factor, shiftHours });
  }
  return planted;
}

const HOUR_MS = 3_600_000;
const EVERYBODY = USAGE_SEGMENTS.filter((segment) => segment !== 'inactive');
const DAILY: readonly UsageSegment[] = ['flat', 'weekday', 'evening', 'nightly'];
const HOURLY: readonly UsageSegment[] = ['weekday', 'weekend', 'evening', 'nightly'];

interface AnomalyShape extends Pick<PlantedAnomaly, 'factor' | 'shiftHours'> {
  readonly hours: number;
  readonly segments: readonly UsageSegment[];
}

const SHAPES: Readonly<Record<AnomalyKind, AnomalyShape>> = {
  spike: { hours: 6, factor: 20, shiftHours: 0, segments: EVERYBODY },
  dropout: { hours: 96, factor: 0, shiftHours: 0, segments: DAILY },
  level: { hours: 96, factor: 6, shiftHours: 0, segments: [...DAILY, 'growing', 'declining'] },
  rhythm: { hours: 168, factor: 1, shiftHours: 12, segments: HOURLY },
};

/** A whole hour of the second half, eight days before the end where there are as many; ms after the start. */
function drawStart({ days }: SimulationSettings, random: Random): number {
  const first = Math.floor((days * 24) / 2);
  const last = Math.max(first + 1, (days - 8) * 24);
  return (first + random.below(last - first)) * HOUR_MS;
}
