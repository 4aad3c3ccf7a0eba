import { describe, expect, it } from 'vitest';
import type { SegmentProfile } from '../../src/cluster/segment-profile.js';
import type { SegmentRecord } from '../../src/publish/segment-record.js';
import { createSegmentsInForce } from '../../src/trainer/segments-in-force.js';
import { createListSink } from '../../src/transport/memory/list-sink.js';

const CHANNEL = {
  level: 1,
  trend: 0,
  volatility: 1,
  seasonality: { strength: 0, lag: 0 },
  forecastability: 0,
  forecastSkill: 0,
  zeroShare: 0,
};

function profile(segmentId: string, name: string, modelVersion = 'v1'): SegmentProfile {
  return {
    ...{ segmentId, modelVersion, name, advice: 'rule', size: 1, share: 1, channels: [CHANNEL] },
    prototype: Float32Array.of(1),
    band: { low: Float32Array.of(0), high: Float32Array.of(2) },
    decoded: undefined,
    medoidCustomer: 'a',
    medoidStart: 0,
    inactiveShare: 0,
    observedShare: 1,
    windowEnd: 10,
  };
}

const ORIGIN = { lineage: [], reasons: [], createdAt: 10 };

describe('names that people give to segments', () => {
  it('are told again, stay from model to model and over a restart, and with an id that comes back', async () => {
    const sink = createListSink<SegmentRecord>();
    const segments = createSegmentsInForce(sink);
    await segments.publish([profile('s1', 'steady'), profile('s2', 'bursty')], ORIGIN);
    await segments.rename('s1', 'night shift');
    expect(sink.records.at(-1)).toMatchObject({ segmentId: 's1', name: 'night shift', madeName: 'steady' });
    // What they are called says nothing of what they look like.
    expect(segments.profiles()).toContainEqual({ segmentId: 's1', name: 'steady', advice: 'rule' });

    const resumed = createSegmentsInForce(sink, segments.records, segments.names);
    await resumed.publish([profile('s2', 'bursty', 'v2')], ORIGIN);
    await resumed.publish([profile('s1', 'fading', 'v3'), profile('s2', 'low', 'v3')], ORIGIN);
    expect(resumed.records.map(({ name, madeName }) => [name, madeName])).toEqual([
      ['night shift', 'fading'],
      ['low', 'low'],
    ]);
    await resumed.rename('s1', '');
    expect(sink.records.at(-1)).toMatchObject({ segmentId: 's1', name: 'fading', madeName: 'fading' });
    expect(resumed.names).toEqual({});
  });

  it('are refused for a segment that is not there', async () => {
    const segments = createSegmentsInForce(createListSink());
    await expect(segments.rename('s9', 'x')).rejects.toThrow('no segment s9 is in force; there are none');
  });
});
