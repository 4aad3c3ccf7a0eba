import type { KafkaMessage } from 'kafkajs';

/**
 * Gives records keys, values and headers of their own where they would keep much more in memory than they are: a fetched
 * record is a view of the broker's whole answer, and that may hold megabytes of other partitions.
 */
export function detachRecords(records: readonly KafkaMessage[]): void {
  let size = 0;
  let kept: ArrayBufferLike | undefined;
  for (const { key, value } of records) {
    size += (key?.length ?? 0) + (value?.length ?? 0);
    kept ??= (value ?? key)?.buffer;
  }
  if (kept === undefined || kept.byteLength < 2 * size + SMALL) return;
  const own = Buffer.allocUnsafeSlow(size);
  let end = 0;
  const copy = (bytes: Buffer | null): Buffer | null => {
    if (bytes === null) return null;
    const start = end;
    end += bytes.copy(own, start);
    return own.subarray(start, end);
  };
  // In place: new objects for all records would cost three times as much.
  for (const record of records) {
    record.key = copy(record.key);
    record.value = copy(record.value);
    if (record.headers !== undefined) detachHeaders(record.headers);
  }
}

function detachHeaders(headers: NonNullable<KafkaMessage['headers']>): void {
  const own = (value: Buffer | string): Buffer | string => (typeof value === 'string' ? value : Buffer.from(value));
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.map(own) : own(value);
  }
}

/** Buffers up to this size are not worth it: Node shares its own pools among small ones. */
const SMALL = 16_384;
