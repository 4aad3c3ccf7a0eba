import type { KafkaMessage } from 'kafkajs';
import { SegtideError } from '../../../src/errors.js';
import { toFetchedRecords } from '../../../src/transport/kafka/fetched-records.js';
import type { OutgoingRecord } from '../../../src/transport/kafka/kafka-producer.js';
import type { StateWriter } from '../../../src/transport/kafka/state-writer.js';
import type { TopicReader } from '../../../src/transport/kafka/topic-reader.js';
import { toFenced } from '../../../src/transport/kafka/write-failure.js';

/**
 * What becomes of a write: it is done, its reply is lost, it is lost itself, or only its first records are stored, the
 * first half of them or all but the last.
 */
export type WriteFate = 'done' | 'reply lost' | 'lost' | 'torn' | 'torn at the end';

/**
 * One partition of state in memory that keeps what a broker keeps: the order of records, fencing and atomicity where
 * writers are transactional, compaction and deletion.
 */
export interface StateLog {
  readonly reader: TopicReader;
  /** Values of outputs, in the order in which they were published. */
  readonly published: readonly string[];
  /** @param fate asked before each write; what it does comes first */
  openWriter(transactional: boolean, fate: () => Promise<WriteFate>): Promise<StateWriter>;
  /** Keeps the last record of each key among the first so many; tombstones that are last go too. */
  compact(count: number): void;
  trim(before: bigint): void;
  /** Takes the first record of a key away, as a broker never would. */
  lose(key: RegExp): void;
}

export function createStateLog(): StateLog {
  let records: KafkaMessage[] = [];
  let next = 0n;
  let epoch = 0;
  const published: string[] = [];

  const append = (outgoing: readonly OutgoingRecord[]): void => {
    for (const record of outgoing) records.push(toMessage(record, next++));
  };
  return {
    published,
    reader: {
      async read(_topic, _partition, from, take, signal) {
        const there = records.filter(({ offset }) => BigInt(offset) >= (from ?? 0n));
        // In pieces, as a broker answers.
        for (let i = 0; i < there.length; i += 3) {
          const piece = there.slice(i, i + 3);
          if (take(toFetchedRecords(piece), BigInt(piece.at(-1)!.offset) + 1n)) return;
        }
        await new Promise<void>((resolve) => {
          if (signal!.aborted) resolve();
          else signal!.addEventListener('abort', () => resolve());
        });
      },
      close: async () => {},
    },
    async openWriter(transactional, fate) {
      let own: number | undefined;
      return {
        async write(outputs, state) {
          const becomes = await fate();
          own ??= ++epoch;
          if (transactional && own !== epoch) throw toFenced({ topic: 'state', partition: 0 });
          const unknown = new SegtideError('transport', 'The connection is broken.', { retriable: true });
          const isTorn = becomes === 'torn' || becomes === 'torn at the end';
          if (becomes === 'lost' || (isTorn && transactional)) throw unknown;
          for (const each of outputs.values()) for (const { value } of each) published.push(String(value));
          const first = next;
          append(isTorn ? state.slice(0, becomes === 'torn' ? state.length >> 1 : -1) : state);
          if (becomes !== 'done') throw unknown;
          return { first, last: next - 1n };
        },
        close: async () => {},
      };
    },
    compact(count) {
      const cleaned = records.slice(0, Math.min(count, records.length - 1));
      const last = new Map(cleaned.map(({ key, offset }) => [String(key), offset]));
      const kept = cleaned.filter(({ key, value, offset }) => value !== null && last.get(String(key)) === offset);
      records = [...kept, ...records.slice(cleaned.length)];
    },
    trim(before) {
      records = records.filter(({ offset }) => BigInt(offset) >= before);
    },
    lose(key) {
      const i = records.findIndex((record) => key.test(String(record.key)));
      records.splice(i, 1);
    },
  };
}

function toMessage({ key, value, headers = {} }: OutgoingRecord, offset: bigint): KafkaMessage {
  return {
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    timestamp: '0',
    attributes: 0,
    offset: String(offset),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text))])),
  };
}
