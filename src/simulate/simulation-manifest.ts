import type { Corruption } from './simulated-record.js';
import type { SimulationSettings } from './simulation-options.js';
import type { UsageSegment } from './usage-segment.js';

/**
 * What was written, to the event: records = events + duplicates + corrupt + future, and events = inTime + late.
 * Duplicates, corrupt and future records are no events here: a duplicate repeats one, the others never become one.
 */
export interface SimulationManifest {
  readonly settings: SimulationSettings;
  /** Lines written. */
  readonly records: number;
  readonly bytes: number;
  /** Different usage events with a readable record and their own time. */
  readonly events: number;
  readonly inTime: number;
  /** Those in time that came behind an event with a later time. */
  readonly outOfOrder: number;
  /** The furthest that any of them, or a duplicate, came behind, ms; at most `outOfOrderMs`. */
  readonly mostOutOfOrderMs: number;
  /** Written when the latest event time had passed theirs by at least `lateMs`. */
  readonly late: number;
  readonly duplicates: number;
  /** All records that were spoilt. */
  readonly corrupt: number;
  readonly corruptions: { readonly [corruption in Corruption]: number };
  readonly future: number;
  /** Sums of the values of `inTime` and of `late`. */
  readonly sumInTime: number;
  readonly sumLate: number;
  /** Epoch ms, of the events in time; both 0 when there is none. */
  readonly firstEventTime: number;
  readonly lastEventTime: number;
  /** Customers with an event, in time or late. */
  readonly activeCustomers: number;
  /** Customers by their segment at the start. */
  readonly segments: { readonly [segment in UsageSegment]: number };
}
