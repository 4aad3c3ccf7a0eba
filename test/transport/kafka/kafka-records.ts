import type { IHeaders, KafkaMessage } from 'kafkajs';
import { type FetchedRecords, toFetchedRecords } from '../../../src/transport/kafka/fetched-records.js';

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

/** The same, as they are kept. */
export function fetchedRecords(...records: Parameters<typeof kafkaRecords>): FetchedRecords {
  return toFetchedRecords(kafkaRecords(...records));
}

export function offsetsOf(records: FetchedRecords): number[] {
  return Array.from({ length: records.length }, (_, i) => Number(records.offset(i)));
}
