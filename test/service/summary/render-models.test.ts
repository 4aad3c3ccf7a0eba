import { describe, expect, it } from 'vitest';
import { renderModel } from '../../../src/service/summary/render-models.js';
import type { KnownModel } from '../../../src/train/listed-model.js';

const MODEL: KnownModel = {
  ...{ formatVersion: 1, modelVersion: 'v2-1', status: 'refused', parent: 'v1-0', createdAt: 0, atWindow: 900 },
  ...{ reasons: ['by hand'], why: ['no gain'], values: {}, lineage: [], bytes: null, sha256: null, reigns: [] },
  problem: null,
};

describe('renderModel', () => {
  it('tells which numbers of segments were tried, where any were', () => {
    const kAdvice = [
      { k: 2, silhouette: 0.31, score: 0.31 },
      { k: 3, silhouette: 0.42, score: 0.42 },
    ];
    expect(renderModel({ ...MODEL, kAdvice }, 120)).toContain(
      '\n  numbers of segments by score: 3 (0.420), 2 (0.310); 2 to 3 were tried\n',
    );
    // As a version wrote it that did not keep them, and as one does where the number is set.
    for (const entry of [MODEL, { ...MODEL, kAdvice: [] }]) expect(renderModel(entry, 120)).not.toContain('score');
  });

  it('tells where the members of a segment come from, and where those of one that ended went', () => {
    const lineage = [
      { segmentId: 's3', kind: 'split', from: [{ segmentId: 's1', share: 0.9 }], into: [], overlap: 0 },
      { segmentId: 's1', kind: 'retired', from: [], into: [{ segmentId: 's3', share: 0.75 }], overlap: 0 },
      { segmentId: 's2', kind: 'born', from: [], into: [], overlap: 0 },
    ] as const;
    expect(renderModel({ ...MODEL, lineage }, 120)).toMatch(
      / {4}s3: split, of 90 % s1; overlap 0\.00\n {4}s1: retired, its members went to 75 % s3\n {4}s2: born\n/,
    );
  });
});
