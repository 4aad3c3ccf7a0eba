import type { KafkaMessage } from 'kafkajs';
import type { AssignedPartition } from '../../src/transport/kafka/assigned-partition.js';
import { toFetchedRecords } from '../../src/transport/kafka/fetched-records.js';
import type { OutgoingRecord } from '../../src/transport/kafka/kafka-producer.js';

/** Topics of one partition, in memory: an owner of it reads them as it reads Kafka's. */
export interface MemoryPartition {
  append(topic: string, records: readonly AppendedRecord[]): void;
  /**
   * The partition as it is assigned to one more owner.
   *
   * @param fetchedRecords in one piece, as a fetch brings them
   */
  assign(fetchedRecords?: number): AssignedPartition & {
    revoke(): void;
    readonly started: boolean;
    /** While true, nothing is answered. */
    isAway: boolean;
  };
}

interface AppendedRecord {
  readonly key: string;
  readonly value: string | Buffer | null;
  readonly headers?: OutgoingRecord['headers'] | undefined;
}

export function createMemoryPartition(partition: number, topics: readonly string[]): MemoryPartition {
  const logs = new Map(topics.map((topic) => [topic, [] as KafkaMessage[]]));
  const listeners = new Set<() => void>();
  const wake = (): void => {
    for (const listener of listeners) listener();
  };

  return {
    append(topic, records) {
      const log = logs.get(topic)!;
      for (const { key, value, headers = {} } of records) {
        log.push({
          key: Buffer.from(key),
          value: value === null ? null : Buffer.from(value),
          offset: String(log.length),
          timestamp: '0',
          attributes: 0,
          headers,
        } as KafkaMessage);
      }
      wake();
    },
    assign(fetchedRecords = 100) {
      const revocation = new AbortController();
      let next: Map<string, number> | undefined;
      let rounds = 0;
      const waits = (topic: string): boolean => next !== undefined && next.get(topic)! < logs.get(topic)!.length;
      return {
        partition,
        topics,
        signal: revocation.signal,
        get started() {
          return next !== undefined;
        },
        start(offsets) {
          next = new Map(topics.map((topic) => [topic, Number(offsets.get(topic) ?? 0n)]));
          wake();
        },
        get waiting() {
          return topics.filter(waits);
        },
        peek(topic, maxBytes, before) {
          if (!waits(topic)) return toFetchedRecords([]);
          const log = logs.get(topic)!;
          const from = next!.get(topic)!;
          const limit = Math.min(log.length, (Math.floor(from / fetchedRecords) + 1) * fetchedRecords);
          let end = from;
          for (let bytes = 0; end < limit && bytes < maxBytes; end++) {
            if (before !== undefined && BigInt(end) >= before) break;
            bytes += log[end]!.value?.length ?? 0;
          }
          return toFetchedRecords(log.slice(from, end));
        },
        take(topic, count) {
          next!.set(topic, next!.get(topic)! + count);
        },
        working: () => undefined,
        isAway: false,
        // Memory answers whenever it is asked.
        get rounds() {
          if (!this.isAway) rounds++;
          return rounds;
        },
        next: (topic) => (next === undefined ? undefined : BigInt(next.get(topic)!)),
        arrival(ms, topic) {
          if (topic === undefined ? topics.some(waits) : waits(topic)) return Promise.resolve(true);
          return new Promise((resolve) => {
            const end = (arrived: boolean) => () => {
              clearTimeout(timer);
              listeners.delete(arrive);
              revocation.signal.removeEventListener('abort', abort);
              resolve(arrived);
            };
            const arrive = end(true);
            const abort = end(false);
            const timer = setTimeout(abort, ms);
            revocation.signal.addEventListener('abort', abort);
            listeners.add(arrive);
          });
        },
        revoke: () => revocation.abort(),
      };
    },
  };
}
