import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { statistics } from '../../src/cluster/statistics.js';
import { toDriftObservation } from '../../src/drift/drift-observation.js';
import { decodeStatistics, encodeStatistics } from '../../src/train/encode-statistics.js';
import type { StatisticsRecord } from '../../src/train/model-record.js';
import { clusterModelOf, embeddingsOf } from '../cluster/embeddings.js';

const MODEL = clusterModelOf([
  [0, 0],
  [4, 4],
]);
const ASSIGNMENTS = assign(
  MODEL,
  embeddingsOf([
    [0.1, -1],
    [3, 5],
    [4, 1 / 3],
  ]),
);
const RECORD: StatisticsRecord = {
  partition: 2,
  sequence: 9,
  windows: 3,
  watermark: 1,
  statistics: statistics(MODEL, ASSIGNMENTS),
  observation: toDriftObservation(ASSIGNMENTS),
};

describe('statistics on their topic', () => {
  it('come back the same, down to the bits', () => {
    expect(decodeStatistics(encodeStatistics(RECORD))).toEqual(RECORD);
  });

  it('come back from a worker without a model, without windows, and with labels', () => {
    const warming = { ...RECORD, statistics: undefined, observation: undefined };
    expect(decodeStatistics(encodeStatistics(warming))).toEqual(warming);
    const labels = {
      windows: 5,
      hasMore: true,
      labels: Int32Array.of(-2147483648, 7),
      segments: ['s1', 's2'],
      counts: Float64Array.of(1, 3),
    };
    expect(decodeStatistics(encodeStatistics({ ...RECORD, labels }))).toEqual({ ...RECORD, labels });
    const none = { ...RECORD, windows: 0, watermark: Number.NEGATIVE_INFINITY };
    expect(decodeStatistics(encodeStatistics(none))).toEqual(none);
  });

  it('take no room for the empty bins of their histograms', () => {
    expect(encodeStatistics(RECORD).length).toBeLessThan(3_000);
  });
});
