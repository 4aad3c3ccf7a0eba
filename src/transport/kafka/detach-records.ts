import type { KafkaMessage } from 'kafkajs';

/**
 * Records with keys and values of their own where they would keep much more in memory than they are: a fetched record
 * is a view of the broker's whole answer, and that may hold megabytes of other partitions.
 */
export function detachRecords(records: readonly KafkaMessage[]): readonly KafkaMessage[] {
  let size = 0;
  let kept: ArrayBufferLike | undefined;
  for (const { key, value } of records) {
    size += (key?.length ?? 0) + (value?.length ?? 0);
    kept ??= (value ?? key)?.buffer;
  }
  if (kept === undefined || kept.byteLength < 2 * size + SMALL) return records;
  const own = Buffer.allocUnsafeSlow(size);
  let end = 0;
  const copy = (bytes: Buffer | null): Buffer | null => {
    if (bytes === null) return null;
    const start = end;
    end += bytes.copy(own, start);
    return own.subarray(start, end);
  };
  return records.map((record) =>
    Object.assign({}, record, {
      key: copy(record.key),
      value: copy(record.value),
      headers: copyHeaders(record.headers),
    }),
  );
}

function copyHeaders(headers: KafkaMessage['headers'] = {}): NonNullable<KafkaMessage['headers']> {
  const own = (value: Buffer | string): Buffer | string => (typeof value === 'string' ? value : Buffer.from(value));
  const copied: NonNullable<KafkaMessage['headers']> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) copied[name] = Array.isArray(value) ? value.map(own) : own(value);
  }
  return copied;
}

/** Buffers up to this size are not worth it: Node shares its own pools among small ones. */
const SMALL = 16_384;
