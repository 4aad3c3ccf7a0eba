import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reseedStarved } from '../../src/cluster/reseed-starved.js';
import { createRandom } from '../../src/numeric/random.js';
import { clusterModelOf } from './embeddings.js';

/** Rows around centres of the plane, in turn. */
function blobs(centres: readonly (readonly [number, number])[], each: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from(
    Array.from({ length: each * centres.length }, (_, i) => {
      const [x, y] = centres[i % centres.length]!;
      return [x + random.normal() / 2, y + random.normal() / 2];
    }).flat(),
  );
}

const model = clusterModelOf(
  [
    [0, 0],
    [10, 0],
    [90, 90],
  ],
  { weights: Float64Array.of(500, 500, 0), centroidEpoch: 4 },
);

describe('reseedStarved', () => {
  it('moves the centroid to a clump that has none, under a new id, and retires the old segment', async () => {
    const rows = blobs(
      [
        [0, 0],
        [10, 0],
        [0, 10],
      ],
      100,
    );
    const got = (await reseedStarved(model, [2], rows, 4))!;
    expect(got.rows).toEqual([2]);
    expect(got.nextSegmentNumber).toBe(5);
    expect(got.model).toMatchObject({ segmentIds: ['s1', 's2', 's4'], born: ['s4'], centroidEpoch: 4 });
    expect(got.model.centroids[4]).toBeCloseTo(0, 0);
    expect(got.model.centroids[5]).toBeCloseTo(10, 0);
    // A third of the rows came to it: a third of all that was learnt.
    expect(got.model.weights[2]).toBeCloseTo(1000 / 3, 0);
    expect(got.model.centroids.slice(0, 4)).toEqual(model.centroids.slice(0, 4));
    expect(got.lineage.map(({ segmentId, kind }) => [segmentId, kind])).toContainEqual(['s3', 'retired']);
    expect(got.lineage.find(({ segmentId }) => segmentId === 's4')!.from[0]).toEqual({ segmentId: 's1', share: 1 });
  });

  it('leaves it where no place is worth it: an outlier, or rows that all have a centroid', async () => {
    const near = blobs(
      [
        [0, 0],
        [10, 0],
      ],
      100,
    );
    near.set([0, 40], 0);
    expect(await reseedStarved(model, [2], near, 4, { minGain: 0 })).toBeUndefined();
    const exact = Float32Array.from({ length: 400 }, (_, i) => (i % 4 === 2 ? 10 : 0));
    expect(await reseedStarved(model, [2], exact, 4)).toBeUndefined();
  });

  it('does not count what the reservoir remembers of the starved segment itself, nor rows that are not finite', async () => {
    const rows = blobs(
      [
        [0, 0],
        [10, 0],
        [90, 90],
      ],
      100,
    );
    rows[0] = Number.NaN;
    expect(await reseedStarved(model, [2], rows, 4, { minGain: 0.5 })).toBeUndefined();
  });

  it('never hands out an id twice, nor one that has retired', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 4, max: 50 }), async (seed, next) => {
        const random = createRandom(seed);
        const centre = (): readonly [number, number] => [20 * random.normal(), 20 * random.normal()];
        const got = await reseedStarved(model, [2], blobs([[0, 0], [10, 0], centre(), centre()], 30, seed), next);
        if (got === undefined) return;
        const { segmentIds, born = [] } = got.model;
        expect(new Set(segmentIds).size).toBe(3);
        expect(born).toEqual(segmentIds.filter((id) => !model.segmentIds.includes(id)));
        for (const id of born) expect(Number(id.slice(1))).toBeGreaterThanOrEqual(next);
        expect(got.nextSegmentNumber).toBe(next + born.length);
        expect(got.model.centroids.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 30, seed: 3 },
    );
  });
});
