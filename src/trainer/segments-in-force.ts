import type { FormerProfile } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import { SegtideError } from '../errors.js';
import type { Sink } from '../ports.js';
import { type SegmentOrigin, type SegmentRecord, toSegmentRecords } from '../publish/segment-record.js';

/** The segments that customers are assigned to by now, as they were last told. */
export interface SegmentsInForce {
  readonly records: readonly SegmentRecord[];
  /** What is said of them, as far as it is to stay. */
  profiles(): readonly FormerProfile[];
  /** Tells the segments of a new model, and which of the former ones have retired. */
  publish(profiles: readonly SegmentProfile[], origin: Omit<SegmentOrigin, 'former' | 'names'>): Promise<void>;
  /**
   * Calls a segment as somebody asks, under this model and all later ones; an empty name takes that back. It is told again.
   *
   * @throws SegtideError `state` where no segment in force has the id
   */
  rename(segmentId: string, name: string): Promise<void>;
  /** What people call segments, by id, also of those that may come back. */
  readonly names: Readonly<Record<string, string>>;
  /** Tells the segments again that a customer stands for, without the name. */
  forget(customerId: string): Promise<void>;
}

export function createSegmentsInForce(
  sink: Sink<SegmentRecord>,
  from: readonly SegmentRecord[] = [],
  called: Readonly<Record<string, string>> = {},
): SegmentsInForce {
  let records = from;
  const names = new Map(Object.entries(called));
  return {
    get names() {
      return Object.fromEntries(names);
    },
    get records() {
      return records;
    },
    // What people call them says nothing of their looks.
    profiles: () => records.map(({ segmentId, madeName, advice }) => ({ segmentId, name: madeName, advice })),
    async publish(profiles, origin) {
      const told = toSegmentRecords(profiles, { ...origin, former: records, names });
      records = told.filter((record) => record.lineage !== 'retired');
      await sink.write(told);
    },
    async rename(segmentId, name) {
      const record = records.find((known) => known.segmentId === segmentId);
      if (record === undefined) {
        const known = records.map((one) => one.segmentId).join(', ') || 'none';
        throw new SegtideError('state', `no segment ${segmentId} is in force; there are ${known}`);
      }
      if (name === '') names.delete(segmentId);
      else names.set(segmentId, name);
      const renamed = { ...record, name: name === '' ? record.madeName : name };
      records = records.map((known) => (known === record ? renamed : known));
      await sink.write([renamed]);
    },
    async forget(customerId) {
      const changed = records
        .filter(({ medoidCustomer }) => medoidCustomer === customerId)
        .map((record) => ({ ...record, medoidCustomer: null, medoidStart: null }));
      if (changed.length === 0) return;
      records = records.map((record) => changed.find(({ segmentId }) => segmentId === record.segmentId) ?? record);
      await sink.write(changed);
    },
  };
}
