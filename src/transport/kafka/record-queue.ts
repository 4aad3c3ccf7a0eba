import type { KafkaMessage } from 'kafkajs';
import { detachRecords } from './detach-records.js';

/**
 * Records that were fetched and not yet handed over, by partition, or by whatever else names where they are from. The
 * bytes that wait here are what the consumer's flow is held back by.
 */
export interface RecordQueue<Key = number> {
  readonly bytes: number;
  /** Bytes that wait of one partition. */
  bytesOf(partition: Key): number;
  /** Takes the records over: they may be given bytes of their own. */
  push(partition: Key, records: readonly KafkaMessage[]): void;
  /** Whether records of the partition wait here. */
  has(partition: Key): boolean;
  readonly partitions: readonly Key[];
  /** The first record that waits. */
  first(partition: Key): KafkaMessage | undefined;
  /**
   * The partition's next records, without taking them: some `maxBytes` of them, at least one, none where none wait.
   *
   * @param before only records before this offset
   */
  peek(partition: Key, maxBytes: number, before?: bigint): readonly KafkaMessage[];
  /** Takes the first `count` of what `peek` showed. */
  take(partition: Key, count: number): void;
  /** Forgets what waits of a partition. */
  drop(partition: Key): void;
}

export function createRecordQueue<Key = number>(): RecordQueue<Key> {
  const lanes = new Map<Key, Lane>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    bytesOf: (partition) => lanes.get(partition)?.bytes ?? 0,
    get partitions() {
      return [...lanes.keys()];
    },
    has: (partition) => lanes.has(partition),
    push(partition, records) {
      if (records.length === 0) return;
      let size = 0;
      for (const record of records) size += bytesOf(record);
      bytes += size;
      const lane = lanes.get(partition);
      if (lane === undefined) {
        lanes.set(partition, { chunks: [{ records, taken: 0 }], bytes: size });
        return;
      }
      // Who is behind already may be so for long.
      detachRecords(records);
      lane.chunks.push({ records, taken: 0 });
      lane.bytes += size;
    },
    first(partition) {
      const chunk = lanes.get(partition)?.chunks[0];
      return chunk?.records[chunk.taken];
    },
    peek(partition, maxBytes, before) {
      const chunk = lanes.get(partition)?.chunks[0];
      if (chunk === undefined) return [];
      let end = chunk.taken;
      let size = 0;
      do size += bytesOf(chunk.records[end++]!);
      while (end < chunk.records.length && size < maxBytes);
      while (before !== undefined && end > chunk.taken && BigInt(chunk.records[end - 1]!.offset) >= before) end--;
      return chunk.taken === 0 && end === chunk.records.length ? chunk.records : chunk.records.slice(chunk.taken, end);
    },
    take(partition, count) {
      const lane = lanes.get(partition)!;
      const chunk = lane.chunks[0]!;
      let size = 0;
      for (const end = chunk.taken + count; chunk.taken < end; chunk.taken++)
        size += bytesOf(chunk.records[chunk.taken]!);
      bytes -= size;
      lane.bytes -= size;
      if (chunk.taken < chunk.records.length) return;
      if (lane.chunks.length === 1) lanes.delete(partition);
      else lane.chunks.shift();
    },
    drop(partition) {
      bytes -= lanes.get(partition)?.bytes ?? 0;
      lanes.delete(partition);
    },
  };
}

interface Lane {
  readonly chunks: Chunk[];
  bytes: number;
}

interface Chunk {
  readonly records: readonly KafkaMessage[];
  taken: number;
}

/** Key and value, and what an object that holds them takes at least. */
function bytesOf(record: KafkaMessage): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0) + 100;
}
