import { setTimeout as sleep } from 'node:timers/promises';
import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { DEAD_LETTERS } from '../../publish/output.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';
import type { ValueParser } from '../../transport/kafka/value-parser.js';
import type { RecordBuffer } from '../record-buffer.js';
import { shortening } from './output-buffer.js';

/** Writes copies of records together with the offset after their originals. */
export interface CopyWriter {
  /** @throws SegtideError `transport`, retriable where nobody knows yet whether they were written; `fenced` */
  write(outputs: ReadonlyMap<string, readonly OutgoingRecord[]>, next: bigint): Promise<void>;
  close(): Promise<void>;
}

export interface RepartitionOptions {
  /** Topic of the copies. */
  readonly to: string;
  readonly commitEveryMs: number;
  /** How long a commit is tried again before it fails. In ms. */
  readonly outageMs: number;
}

export interface RepartitionParts {
  /** Of one topic. */
  readonly partition: AssignedPartition;
  /** Connects a writer, and ends what former ones have begun: after it, `committed` does not change but by this one. */
  readonly openWriter: () => Promise<CopyWriter>;
  /** What the group has committed; undefined where it is nothing yet. */
  readonly committed: () => Promise<bigint | undefined>;
  readonly values: ValueParser;
  /** Takes what can't be read. */
  readonly outputs: RecordBuffer;
  readonly clock: Clock;
  readonly isStopped: () => boolean;
}

/**
 * Copies a partition of the input to a topic that is keyed by the customer, values and headers as they are, each record
 * once. What can't be read, and so has no customer, goes to the dead letters from here, with its original place. Resolves
 * when the partition was revoked or the copying stopped.
 *
 * @throws SegtideError `fenced` when another process has taken the partition over; `transport` when the broker is gone
 * for too long
 */
export async function repartitionPartition(options: RepartitionOptions, parts: RepartitionParts): Promise<void> {
  const { partition, values, outputs, isStopped } = parts;
  const { to, commitEveryMs } = options;
  const [topic] = partition.topics;
  const source = `${topic}/${partition.partition}`;
  const deadLetters = shortening(await outputs.sink(DEAD_LETTERS));
  const copier = createCopier(options, parts);
  try {
    partition.start(await copier.begin());
    while (!partition.signal.aborted && !isStopped()) {
      const records = partition.peek(topic!, BATCH_BYTES);
      if (records.length === 0) {
        await partition.arrival(commitEveryMs);
        continue;
      }
      await values.prepare?.(records);
      const { batch, taken, recordOf } = values.parse(records, source);
      for (let i = 0; i < batch.length; i++) {
        const record = recordOf[i]!;
        const value = records.value(record);
        const headers = records.headers(record);
        const key = Buffer.from(batch.idBytes.subarray(batch.idStarts[i]!, batch.idEnds[i]!)).toString();
        outputs.add(to, { key, value, ...(headers && { headers }) });
      }
      await deadLetters.write(batch.deadLetters);
      const isLittle = outputs.bytes < BATCH_BYTES / 4;
      await copier.commit(outputs.take(), records.offset(taken - 1) + 1n);
      partition.take(topic!, taken);
      // A commit costs as much for one record as for thousands.
      if (isLittle) await sleep(commitEveryMs, undefined, { signal: partition.signal }).catch(() => {}); // revoked
    }
  } catch (error) {
    // Whatever its commits met with: the partition is another's now.
    if (!partition.signal.aborted) throw error;
  } finally {
    await copier.close();
  }
}

/** Of the input in one transaction, about. */
const BATCH_BYTES = 524_288;
const RETRY_MS = 500;

function createCopier(
  { outageMs }: RepartitionOptions,
  { partition, openWriter, committed, clock, isStopped }: RepartitionParts,
) {
  const [topic] = partition.topics as readonly [string];
  let writer: CopyWriter | undefined;
  let isKnown = false;
  let last: bigint | undefined;

  /** Whether the commit up to `next` took effect, of which a broken connection told nothing. */
  async function tookEffect(next: bigint): Promise<boolean> {
    writer ??= await openWriter();
    const found = await committed();
    if (found === next) return true;
    if (found === last) return false;
    const what = `another process has copied ${topic}/${partition.partition} on; this one stops`;
    throw new SegtideError('fenced', what, { context: { partition: partition.partition } });
  }

  /** Tries until it is done, with another writer each time. */
  async function persist(attempt: () => Promise<void>): Promise<void> {
    const begun = clock.now();
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const isRetriable = error instanceof SegtideError && error.retriable;
        if (!isRetriable || partition.signal.aborted || isStopped() || clock.now() - begun >= outageMs) throw error;
        const broken = writer;
        writer = undefined;
        await broken?.close().catch(() => {}); // it is broken
      }
      await sleep(RETRY_MS, undefined, { signal: partition.signal }).catch(() => {}); // revoked
    }
  }

  return {
    /**
     * Where to go on: what was committed is certain only once a new writer has ended what the former one had begun, and
     * read before, it may lie before records that the former one copies yet. Empty where nothing was committed.
     */
    async begin(): Promise<ReadonlyMap<string, bigint>> {
      await persist(async () => {
        writer ??= await openWriter();
        last = await committed();
      });
      isKnown = last !== undefined;
      return new Map(last === undefined ? [] : [[topic, last]]);
    },
    async commit(outputs: ReadonlyMap<string, readonly OutgoingRecord[]>, next: bigint): Promise<void> {
      await persist(async () => {
        // Where nothing was, the reader has committed the beginning, if it is none that stays the same.
        if (!isKnown) last = await committed();
        isKnown = true;
        if (writer === undefined && (await tookEffect(next))) return;
        await writer!.write(outputs, next);
      });
      last = next;
    },
    close: async (): Promise<void> => writer?.close(),
  };
}
