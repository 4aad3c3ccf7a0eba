import type { IHeaders, KafkaMessage } from 'kafkajs';

/** Records as a consumer hands them over, with consecutive offsets. */
export function kafkaRecords(
  values: readonly (string | Buffer | null)[],
  firstOffset = 0,
  key?: string,
  headers: IHeaders = {},
): KafkaMessage[] {
  return values.map((value, i) => ({
    key: key === undefined ? null : Buffer.from(key),
    value: typeof value === 'string' ? Buffer.from(value) : value,
    timestamp: '0',
    attributes: 0,
    offset: String(firstOffset + i),
    headers,
  }));
}
