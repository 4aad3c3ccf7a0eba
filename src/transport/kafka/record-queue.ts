import { type FetchedRecords, joinRecords, NO_RECORDS } from './fetched-records.js';

/**
 * Records that were fetched and not yet handed over, by partition, or by whatever else names where they are from. The
 * bytes that wait here are what the consumer's flow is held back by.
 */
export interface RecordQueue<Key = number> {
  readonly bytes: number;
  /** Bytes that wait of one partition. */
  bytesOf(partition: Key): number;
  push(partition: Key, records: FetchedRecords): void;
  /** Whether records of the partition wait here. */
  has(partition: Key): boolean;
  readonly partitions: readonly Key[];
  /** Offset of the first record that waits. */
  first(partition: Key): bigint | undefined;
  /**
   * The partition's next records, without taking them: some `maxBytes` of them, at least one, none where none wait. The
   * same as long as none is taken or added.
   *
   * @param before only records before this offset
   */
  peek(partition: Key, maxBytes: number, before?: bigint): FetchedRecords;
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
      const size = records.size(0, records.length);
      bytes += size;
      const lane = lanes.get(partition);
      if (lane === undefined) {
        lanes.set(partition, { chunks: [{ records, taken: 0 }], bytes: size });
        return;
      }
      lane.chunks.push({ records, taken: 0 });
      lane.bytes += size;
    },
    first(partition) {
      const chunk = lanes.get(partition)?.chunks[0];
      return chunk?.records.offset(chunk.taken);
    },
    peek(partition, maxBytes, before) {
      const lane = lanes.get(partition);
      if (lane === undefined) return NO_RECORDS;
      const chunk = joinSmall(lane.chunks, maxBytes);
      const { records, taken, shown } = chunk;
      let end = least(taken + 1, records.length, (to) => records.size(taken, to) >= maxBytes);
      if (before !== undefined) end = least(taken, end, (i) => records.offset(i) >= before);
      if (shown?.end === end) return shown.records;
      const some = taken === 0 && end === records.length ? records : records.slice(taken, end);
      chunk.shown = { end, records: some };
      return some;
    },
    take(partition, count) {
      const lane = lanes.get(partition)!;
      const chunk = lane.chunks[0]!;
      const size = chunk.records.size(chunk.taken, chunk.taken + count);
      chunk.taken += count;
      chunk.shown = undefined;
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
  readonly records: FetchedRecords;
  taken: number;
  /** What `peek` answered since records were last taken. */
  shown?: { readonly end: number; readonly records: FetchedRecords } | undefined;
}

/** The least number from `from` on that passes, or `to`; those after it pass too. */
function least(from: number, to: number, passes: (i: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first of the chunks, with the next ones put to it where it is small: each take costs as much for one record as for many. */
function joinSmall(chunks: Chunk[], maxBytes: number): Chunk {
  const first = chunks[0]!;
  const enough = Math.min(maxBytes, MOST_JOINED) / 4;
  let size = first.records.size(first.taken, first.records.length);
  if (chunks.length === 1 || size >= enough) return first;
  let count = 1;
  while (count < chunks.length && size < enough) {
    const { records } = chunks[count++]!;
    size += records.size(0, records.length);
  }
  const parts = chunks.slice(0, count).map(({ records, taken }) => records.slice(taken, records.length));
  const joined = { records: joinRecords(parts), taken: 0 };
  chunks.splice(0, count, joined);
  return joined;
}

/** Chunks are joined up to a quarter of so many bytes, or of what is asked for: beyond, copying would cost more than it saves. */
const MOST_JOINED = 262_144;
