import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { type KeyedRecord, toKeyedRecords } from '../../simulate/keyed-records.js';
import type { RecordProducer } from '../../transport/kafka/kafka-producer.js';
import { exampleSimulation, type SimulationFlags, toNumber } from './example-simulation.js';

/** Flags of `segtide simulate --kafka`, as written. */
export interface SentSimulationFlags extends SimulationFlags {
  /** Records a second. @default as fast as the brokers take them */
  readonly rate?: string | undefined;
  /** @default 'usage-events' */
  readonly topic?: string | undefined;
}

export interface SendDeps {
  readonly producer: RecordProducer;
  readonly clock: Clock;
  /** Resolves after so many ms, or when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborted to stop before the end of the stream. */
  readonly signal: AbortSignal;
}

/** What was sent. */
export interface SentSimulation {
  readonly topic: string;
  readonly records: number;
}

/**
 * Sends a simulated stream that ends today to a topic, keyed by customer, in the order of arrival. Resolves when it has
 * ended or was stopped, with every record acknowledged.
 *
 * @throws SegtideError `config` for a flag out of range, `transport` when the brokers don't take the records
 */
export async function sendSimulation(flags: SentSimulationFlags, deps: SendDeps): Promise<SentSimulation> {
  const { producer, clock, sleep, signal } = deps;
  const { topic = 'usage-events' } = flags;
  const rate = toNumber('--rate', flags.rate) ?? Number.POSITIVE_INFINITY;
  if (rate <= 0) throw new SegtideError('config', `--rate must be above 0; got '${flags.rate}'`);
  const startedAt = clock.now();
  const { events } = exampleSimulation(flags, (days) => (Math.floor(startedAt / DAY_MS) - days) * DAY_MS);
  const batchRecords = Math.max(1, Math.min(MOST_RECORDS, Math.round(rate / BATCHES_A_SECOND)));

  let records = 0;
  for (const batch of inBatches(events, batchRecords)) {
    const aheadMs = startedAt + (records / rate) * 1000 - clock.now();
    if (aheadMs > 0) await sleep(aheadMs, signal);
    if (signal.aborted) break;
    await producer.send(topic, batch);
    records += batch.length;
  }
  return { topic, records };
}

const DAY_MS = 86_400_000;
const BATCHES_A_SECOND = 10;
/** Some 400 KB: a request may go to a single partition, and a broker takes a megabyte. */
const MOST_RECORDS = 5000;

function* inBatches(chunks: Iterable<Uint8Array>, size: number): Generator<KeyedRecord[]> {
  let batch: KeyedRecord[] = [];
  for (const chunk of chunks) {
    for (const record of toKeyedRecords(chunk)) {
      batch.push(record);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
