import { describe, expect, it } from 'vitest';
import type { SegmentProfile } from '../../src/cluster/segment-profile.js';
import { SegtideError } from '../../src/errors.js';
import { toSegmentRecords } from '../../src/publish/segment-record.js';

const CHANNEL = {
  level: 0.1,
  trend: 0,
  volatility: 1,
  seasonality: { strength: 0, lag: 0 },
  forecastability: 0,
  forecastSkill: 0,
  zeroShare: 0,
};
const PROFILE: SegmentProfile = {
  segmentId: 's1',
  modelVersion: 'm1',
  name: 'steady',
  advice: 'rule',
  size: 1,
  share: 1,
  prototype: Float32Array.of(0.1, Number.NaN),
  band: { low: Float32Array.of(0, Number.NaN), high: Float32Array.of(0.2, Number.NaN) },
  decoded: undefined,
  medoidCustomer: 'a',
  medoidStart: 0,
  channels: [CHANNEL],
  inactiveShare: 0,
  observedShare: 1,
  windowEnd: 10,
};

const ORIGIN = { lineage: [], reasons: ['first fit'], createdAt: 20 };

describe('toSegmentRecords', () => {
  it('writes numbers as short as a float32 is, and null for steps that no member knows', () => {
    const [record] = toSegmentRecords([PROFILE], ORIGIN);
    expect(record).toMatchObject({ level: 0.1, prototype: [[0.1, null]], windowEnd: 10 });
  });

  it('tells where members came from and went, and the sizes under the models before', () => {
    const [first] = toSegmentRecords([PROFILE], ORIGIN);
    const [second, gone] = toSegmentRecords([{ ...PROFILE, segmentId: 's2', modelVersion: 'm2', windowEnd: 30 }], {
      lineage: [
        { segmentId: 's2', kind: 'born', from: [], into: [], overlap: 0 },
        { segmentId: 's1', kind: 'retired', from: [], into: [{ segmentId: 's2', share: 0.1 + 0.2 }], overlap: 0 },
      ],
      reasons: ['drift'],
      createdAt: 40,
      former: [first!],
    });
    expect(second).toMatchObject({
      reason: 'drift',
      lineage: 'born',
      history: [{ modelVersion: 'm2', windowEnd: 30 }],
    });
    expect(gone).toMatchObject({
      segmentId: 's1',
      modelVersion: 'm2',
      lineage: 'retired',
      into: [{ segmentId: 's2', share: 0.3 }],
      history: [
        { modelVersion: 'm1', windowEnd: 10, size: 1, share: 1 },
        { modelVersion: 'm2', windowEnd: 40, size: 0, share: 0 },
      ],
    });
  });

  it.each<[string, Partial<SegmentProfile>]>([
    ['an infinite level', { channels: [{ ...CHANNEL, level: Number.POSITIVE_INFINITY }] }],
    ['a level beyond single precision', { channels: [{ ...CHANNEL, level: 1e39 }] }],
    ['an undefined trend', { channels: [{ ...CHANNEL, trend: Number.NaN }] }],
    ['an infinite step', { prototype: Float32Array.of(1, Number.POSITIVE_INFINITY) }],
  ])('does not hide %s', (_, change) => {
    expect(() => toSegmentRecords([{ ...PROFILE, ...change }], ORIGIN)).toThrow(SegtideError);
  });
});
