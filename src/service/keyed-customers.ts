import { createHmac } from 'node:crypto';
import type { Alert } from '../anomaly/alert.js';
import type { SegmentRecord } from '../publish/segment-record.js';

/** Shows customers under hashes of their ids, which nobody can make without the key. */
export interface KeyedCustomers {
  toKey(customerId: string): string;
  /** A record of an output in which no customer stands by its own id. */
  hide(output: string, record: unknown): unknown;
}

/** @param key undefined to show customers as they are */
export function createKeyedCustomers(key: string | undefined): KeyedCustomers {
  if (key === undefined) return { toKey: (customerId) => customerId, hide: (_, record) => record };
  const toKey = (customerId: string): string =>
    createHmac('sha256', key).update(customerId).digest('base64url').slice(0, LENGTH);
  const toKeyOrNull = (customerId: string | null): string | null => (customerId === null ? null : toKey(customerId));
  return {
    toKey,
    hide(output, record) {
      if (output === 'segments') {
        const { medoidCustomer, ...segment } = record as SegmentRecord;
        return { ...segment, medoidCustomer: toKeyOrNull(medoidCustomer) };
      }
      const { customerId } = record as { readonly customerId?: string | null };
      if (typeof customerId !== 'string') return record;
      const keyed = { ...(record as object), customerId: toKey(customerId) };
      if (output !== 'alerts') return keyed;
      // It holds the customer's id as it is.
      const { alertId } = record as Alert;
      return { ...keyed, alertId: alertId.replace(customerId, () => toKey(customerId)) };
    },
  };
}

/** 96 bits: two of a billion customers get the same with a chance of one in a hundred billion. */
const LENGTH = 16;
