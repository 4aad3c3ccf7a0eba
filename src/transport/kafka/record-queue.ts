import type { KafkaMessage } from 'kafkajs';

/**
 * Records that were fetched and not yet handed over, by partition. The bytes that wait here are what the consumer's
 * flow is held back by.
 */
export interface RecordQueue {
  readonly bytes: number;
  push(partition: number, records: readonly KafkaMessage[]): void;
  /** Whether records of the partition wait here. */
  has(partition: number): boolean;
  readonly partitions: readonly number[];
  /** The partition's next records, without taking them: some `maxBytes` of them, at least one. */
  peek(partition: number, maxBytes: number): readonly KafkaMessage[];
  /** Takes the first `count` of what `peek` showed. */
  take(partition: number, count: number): void;
  /** Forgets what waits of a partition. */
  drop(partition: number): void;
}

export function createRecordQueue(): RecordQueue {
  const chunks = new Map<number, Chunk[]>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    get partitions() {
      return [...chunks.keys()];
    },
    has: (partition) => chunks.has(partition),
    push(partition, records) {
      if (records.length === 0) return;
      const waiting = chunks.get(partition);
      if (waiting === undefined) chunks.set(partition, [{ records, taken: 0 }]);
      else waiting.push({ records, taken: 0 });
      for (const record of records) bytes += bytesOf(record);
    },
    peek(partition, maxBytes) {
      const chunk = chunks.get(partition)?.[0];
      if (chunk === undefined) return [];
      let end = chunk.taken;
      let size = 0;
      do size += bytesOf(chunk.records[end++]!);
      while (end < chunk.records.length && size < maxBytes);
      return chunk.taken === 0 && end === chunk.records.length ? chunk.records : chunk.records.slice(chunk.taken, end);
    },
    take(partition, count) {
      const waiting = chunks.get(partition)!;
      const chunk = waiting[0]!;
      for (const end = chunk.taken + count; chunk.taken < end; chunk.taken++)
        bytes -= bytesOf(chunk.records[chunk.taken]!);
      if (chunk.taken < chunk.records.length) return;
      if (waiting.length === 1) chunks.delete(partition);
      else waiting.shift();
    },
    drop(partition) {
      for (const { records, taken } of chunks.get(partition) ?? []) {
        for (let i = taken; i < records.length; i++) bytes -= bytesOf(records[i]!);
      }
      chunks.delete(partition);
    },
  };
}

interface Chunk {
  readonly records: readonly KafkaMessage[];
  taken: number;
}

/** Key and value, and what an object that holds them takes at least. */
function bytesOf(record: KafkaMessage): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0) + 100;
}
