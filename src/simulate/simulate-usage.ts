import { EventDelivery } from './event-delivery.js';
import type { AnomalyLabel } from './planted-anomaly.js';
import { labelSegments, type SegmentLabel } from './segment-label.js';
import { planSegments, type SegmentPlan } from './segment-plan.js';
import { CORRUPTIONS, RecordWriter } from './simulated-record.js';
import type { SimulationManifest } from './simulation-manifest.js';
import { resolveSimulation, type SimulationOptions, type SimulationSettings } from './simulation-options.js';
import { createUsageProcess } from './usage-process.js';
import { USAGE_SEGMENTS } from './usage-segment.js';

/** A simulated stream, its truth and its accounts. */
export interface Simulation {
  readonly settings: SimulationSettings;
  /** NDJSON in the order of arrival, whole records in chunks of some 256 KiB, each its own buffer. To be read once. */
  readonly events: IterableIterator<Uint8Array>;
  /** Who behaved how and when, customer by customer. To be read once. */
  readonly labels: IterableIterator<SegmentLabel>;
  /** Who behaved oddly, how and when, in the order of customers. */
  readonly anomalies: readonly AnomalyLabel[];
  /** What has been written: whole once `events` has ended. */
  manifest(): SimulationManifest;
}

/**
 * Simulates usage of customers whose segments are known, and everything that goes wrong on the way of an event.
 *
 * Lazy: events are made as they are read, in memory that grows with customers and with what is under way, not with the
 * length of the stream. The same options give the same bytes. Spoiling, delaying and misdating records is drawn apart
 * from usage: other shares of it leave the usage as it was.
 *
 * @throws SegtideError `config` for an option out of range.
 *
 * @example
 * const simulation = simulateUsage({ customers: 100, days: 28, seed: 7 });
 * for (const chunk of simulation.events) process.stdout.write(chunk);
 */
export function simulateUsage(options: SimulationOptions = {}): Simulation {
  const settings = resolveSimulation(options);
  const plan = planSegments(settings);
  const writer = new RecordWriter(CHUNK_BYTES, toLabel(settings, plan));
  const delivery = new EventDelivery(settings, writer);
  return {
    settings,
    events: writeEvents(settings, plan, delivery, writer),
    labels: labelSegments(settings, plan),
    anomalies: plan.anomalies.map(({ customerId, kind, segment, from, to }) => ({
      customerId,
      kind,
      segment,
      from,
      to,
    })),
    manifest: () => toManifest(settings, plan, delivery, writer.bytesWritten),
  };
}

const CHUNK_BYTES = 1 << 18;

function toLabel({ labelField }: SimulationSettings, { segmentAt }: SegmentPlan) {
  if (labelField === undefined) return undefined;
  const texts = USAGE_SEGMENTS.map((segment) => new TextEncoder().encode(`,"${labelField}":"${segment}"`));
  return (customer: number, time: number): Uint8Array => texts[segmentAt(customer, time)]!;
}

function* writeEvents(
  settings: SimulationSettings,
  plan: SegmentPlan,
  delivery: EventDelivery,
  writer: RecordWriter,
): Generator<Uint8Array> {
  const usage = createUsageProcess(settings, plan);
  while (usage.next()) {
    delivery.deliver(usage.time, usage.customer, usage.value);
    if (writer.isFull) yield writer.take();
  }
  delivery.finish();
  if (!writer.isEmpty) yield writer.take();
}

function toManifest(
  settings: SimulationSettings,
  plan: SegmentPlan,
  delivery: EventDelivery,
  bytes: number,
): SimulationManifest {
  const { inTime, late, duplicates, future, outOfOrder, mostOutOfOrderMs, corruptions } = delivery;
  const corrupt = corruptions.reduce((sum, count) => sum + count, 0);
  const counts = new Uint32Array(USAGE_SEGMENTS.length);
  for (const segment of plan.segments) counts[segment]!++;
  return {
    settings,
    records: inTime + late + duplicates + corrupt + future,
    bytes,
    events: inTime + late,
    inTime,
    outOfOrder,
    mostOutOfOrderMs,
    late,
    duplicates,
    corrupt,
    corruptions: named(CORRUPTIONS, corruptions),
    future,
    sumInTime: delivery.sumInTime / 1000,
    sumLate: delivery.sumLate / 1000,
    firstEventTime: inTime > 0 ? delivery.firstEventTime : 0,
    lastEventTime: inTime > 0 ? delivery.lastEventTime : 0,
    activeCustomers: delivery.seen.reduce((sum, seen) => sum + seen, 0),
    segments: named(USAGE_SEGMENTS, counts),
  };
}

function named<Name extends string>(names: readonly Name[], counts: ArrayLike<number>): { [name in Name]: number } {
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!])) as { [name in Name]: number };
}
