/** The profile of one segment under one model version. Fields, units and order as in `SEGMENT_SCHEMA`. */
export interface SegmentRecord {
  readonly segmentId: string;
  readonly modelVersion: string;
  readonly name: string;
  readonly advice: string;
  readonly size: number;
  readonly share: number;
  readonly level: number;
  readonly trend: number;
  readonly volatility: number;
  readonly seasonality: number;
  readonly inactiveShare: number;
  readonly prototype: readonly (readonly number[])[]; // (channels, steps)
  readonly medoidCustomer: string | null;
  readonly lineage: 'same' | 'moved' | 'split' | 'merged' | 'born' | 'retired';
  readonly windowEnd: number;
}
