import { describe, expect, it } from 'vitest';
import type { SegmentProfile } from '../../src/cluster/segment-profile.js';
import { SegtideError } from '../../src/errors.js';
import { toSegmentRecords } from '../../src/publish/segment-record.js';

const CHANNEL = { level: 0.1, trend: 0, volatility: 1, seasonality: { strength: 0, lag: 0 }, zeroShare: 0 };
const PROFILE: SegmentProfile = {
  segmentId: 's1',
  modelVersion: 'm1',
  name: 'steady',
  advice: 'rule',
  size: 1,
  share: 1,
  prototype: Float32Array.of(0.1, Number.NaN),
  decoded: undefined,
  medoidCustomer: 'a',
  medoidStart: 0,
  channels: [CHANNEL],
  inactiveShare: 0,
  observedShare: 1,
  windowEnd: 10,
};

describe('toSegmentRecords', () => {
  it('writes numbers as short as a float32 is, and 0 for steps that no member knows', () => {
    const [record] = toSegmentRecords([PROFILE], [], 20);
    expect(record).toMatchObject({ level: 0.1, prototype: [[0.1, 0]], windowEnd: 10 });
  });

  it.each<[string, Partial<SegmentProfile>]>([
    ['an infinite level', { channels: [{ ...CHANNEL, level: Number.POSITIVE_INFINITY }] }],
    ['a level beyond single precision', { channels: [{ ...CHANNEL, level: 1e39 }] }],
    ['an undefined trend', { channels: [{ ...CHANNEL, trend: Number.NaN }] }],
    ['an infinite step', { prototype: Float32Array.of(1, Number.POSITIVE_INFINITY) }],
  ])('does not hide %s', (_, change) => {
    expect(() => toSegmentRecords([{ ...PROFILE, ...change }], [], 20)).toThrow(SegtideError);
  });
});
