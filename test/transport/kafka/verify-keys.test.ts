import { describe, expect, it } from 'vitest';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { verifyKeys } from '../../../src/transport/kafka/verify-keys.js';
import { fetchedRecords } from './kafka-records.js';

const parser = createJsonValues(resolveIngest({ fields: { customer: 'id', time: 't' }, time: { unit: 'ms' } }));
const verify = (value: string, key?: string) => {
  const records = fetchedRecords(['not a record', value], 60, key);
  const { batch, recordOf } = parser.parse(records, 'usage/2');
  verifyKeys(batch, records, recordOf, { source: 'usage/2', topic: 'usage', partition: 2 });
};
const value = `{"id":"é1","t":${Date.UTC(2026, 0, 1)}}`;

describe('verify keys', () => {
  it('accepts records that are keyed by the customer', () => {
    expect(() => verify(value, 'é1')).not.toThrow();
  });

  it.each([
    ['no key', undefined],
    ['a key that is not the customer id', 'é2'],
    ['a key that is not the customer id', 'é'],
  ])('stops at a record with %s, and tells where but not who', (text, key) => {
    expect(() => verify(value, key)).toThrow(new RegExp(`usage/2 offset 61 has ${text}`));
    expect(() => verify(value, key)).not.toThrow(/é/);
  });
});
