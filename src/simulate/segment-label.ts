import type { SegmentPlan } from './segment-plan.js';
import { customerId } from './simulated-record.js';
import { DAY_MS, type PlantedDrift, type SimulationSettings } from './simulation-options.js';
import { USAGE_SEGMENTS, type UsageSegment } from './usage-segment.js';

/** The truth about a customer in [from, to). */
export interface SegmentLabel {
  readonly customerId: string;
  readonly segment: UsageSegment;
  /** Epoch ms; the first begins when the customer joins. */
  readonly from: number;
  readonly to: number;
  /** What the span began with; a `level` or `shape` begins a span of the same segment with another behaviour. */
  readonly cause: 'start' | PlantedDrift['kind'];
}

/** The labels of all customers, in the order of customers and then of time. */
export function* labelSegments(settings: SimulationSettings, plan: SegmentPlan): Generator<SegmentLabel> {
  const end = settings.start + settings.days * DAY_MS;
  for (let customer = 0; customer < settings.customers; customer++) {
    const id = customerId(customer);
    let segment = plan.segments[customer]!;
    let from = settings.start + plan.joins[customer]! * DAY_MS;
    let cause: SegmentLabel['cause'] = 'start';
    for (const { drift, touched, to } of plan.changes) {
      if (touched[customer] === 0) continue;
      const at = settings.start + drift.atDay * DAY_MS;
      // Two changes on one day leave one label: the later one's.
      if (at > from) yield { customerId: id, segment: USAGE_SEGMENTS[segment]!, from, to: at, cause };
      segment = to ?? segment;
      if (at < from) continue; // before it joined
      from = at;
      cause = drift.kind;
    }
    yield { customerId: id, segment: USAGE_SEGMENTS[segment]!, from, to: end, cause };
  }
}
