import { describe, expect, it } from 'vitest';
import { exchangeCentroids } from '../../src/cluster/exchange-centroids.js';
import { refitCentroids } from '../../src/cluster/refit-centroids.js';
import { createRandom } from '../../src/numeric/random.js';

function blobs(centres: readonly (readonly [number, number])[], each: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from(
    Array.from({ length: each * centres.length }, (_, i) => {
      const [x, y] = centres[i % centres.length]!;
      return [x + random.normal(), y + random.normal()];
    }).flat(),
  );
}

/** Three centroids on the first clump's halves and on what lies between the other two. */
const STUCK = Float32Array.of(-1, 0, 1, 0, 40, 0);

describe('exchangeCentroids', () => {
  it('splits a segment that has become two and merges two that have become one, where k-means is stuck', async () => {
    const rows = blobs(
      [
        [0, 0],
        [30, 0],
        [50, 0],
      ],
      80,
    );
    const stuck = await refitCentroids(rows, 2, STUCK);
    expect([...stuck.weights].sort()).toContain(160);
    const got = await exchangeCentroids(rows, stuck);
    expect([...got.weights]).toEqual([80, 80, 80]);
    expect(got.inertia).toBeLessThan(0.2 * stuck.inertia);
    // One of the merged ones stays where it is, and so does one half of the split segment.
    const xs = [0, 1, 2].map((j) => 10 * Math.round(Math.abs(got.centroids[2 * j]!) / 10)).sort((a, b) => a - b);
    expect(xs).toEqual([0, 30, 50]);
  });

  it('leaves a fit alone that has nothing to exchange, the same object', async () => {
    const rows = blobs(
      [
        [0, 0],
        [30, 0],
        [0, 30],
      ],
      50,
    );
    const fit = await refitCentroids(rows, 2, Float32Array.of(0, 0, 30, 0, 0, 30));
    expect(await exchangeCentroids(rows, fit)).toBe(fit);
  });

  it('moves customers for 15 % of the inertia, and not for less', async () => {
    const parts = await Promise.all(
      [1, 1.2, 1.6, 2].map(async (distance) => {
        const rows = blobs(
          [
            [-distance, 0],
            [distance, 0],
            [39, 0],
            [41, 0],
          ],
          100,
        );
        const stuck = await refitCentroids(rows, 2, Float32Array.of(0, 0, 39, 0, 41, 0));
        const eager = await exchangeCentroids(rows, stuck, { minGain: 1e-6 });
        const part = 1 - eager.inertia / stuck.inertia;
        expect((await exchangeCentroids(rows, stuck)) === stuck).toBe(part < 0.15);
        return part;
      }),
    );
    expect(parts.filter((part) => part > 0.05 && part < 0.15).length).toBeGreaterThan(0);
    expect(parts.filter((part) => part > 0.15 && part < 0.5).length).toBeGreaterThan(0);
  });

  it('makes an exchange only where it takes away as much elsewhere', async () => {
    const rows = blobs(
      [
        [0, 0],
        [30, 0],
        [50, 0],
      ],
      80,
    );
    const stuck = await refitCentroids(rows, 2, STUCK);
    const asked: (readonly Uint16Array[])[] = [];
    const exchange = (gain: number) =>
      exchangeCentroids(rows, stuck, {
        gainElsewhere: async (...groupings) => {
          asked.push(groupings);
          return gain;
        },
      });
    expect(await exchange(0.149)).toBe(stuck);
    const got = await exchange(0.15);
    expect([...got.weights]).toEqual([80, 80, 80]);
    expect(asked).toEqual([
      [stuck.membership, got.membership],
      [stuck.membership, got.membership],
    ]);
  });

  it('leaves round clouds without clumps alone, over ten seeds', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const rows = blobs([[0, 0]], 400, seed);
      const fit = await refitCentroids(rows, 2, rows.slice(0, 8));
      expect(await exchangeCentroids(rows, fit)).toBe(fit);
    }
  });

  it('takes two centroids, equal rows and rows that are not finite as they come', async () => {
    const rows = Float32Array.of(0, 0, 0, 0, Number.NaN, 0, 5, 5, 5, 5, 9, 9);
    const two = await refitCentroids(rows, 2, Float32Array.of(0, 0, 5, 5));
    expect(await exchangeCentroids(rows, two)).toBe(two);
    const three = await refitCentroids(rows, 2, Float32Array.of(0, 0, 5, 5, 9, 9));
    expect(await exchangeCentroids(rows, three)).toBe(three);
  });
});
