import type { FormerProfile } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import type { Sink } from '../ports.js';
import { type SegmentOrigin, type SegmentRecord, toSegmentRecords } from '../publish/segment-record.js';

/** The segments that customers are assigned to by now, as they were last told. */
export interface SegmentsInForce {
  readonly records: readonly SegmentRecord[];
  /** What is said of them, as far as it is to stay. */
  profiles(): readonly FormerProfile[];
  /** Tells the segments of a new model, and which of the former ones have retired. */
  publish(profiles: readonly SegmentProfile[], origin: Omit<SegmentOrigin, 'former'>): Promise<void>;
  /** Tells the segments again that a customer stands for, without the name. */
  forget(customerId: string): Promise<void>;
}

export function createSegmentsInForce(sink: Sink<SegmentRecord>, from: readonly SegmentRecord[] = []): SegmentsInForce {
  let records = from;
  return {
    get records() {
      return records;
    },
    profiles: () => records.map(({ segmentId, name, advice }) => ({ segmentId, name, advice })),
    async publish(profiles, origin) {
      const told = toSegmentRecords(profiles, { ...origin, former: records });
      records = told.filter((record) => record.lineage !== 'retired');
      await sink.write(told);
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
