import { describe, expect, it } from 'vitest';
import { chooseK } from '../../src/cluster/choose-k.js';
import { createRandom } from '../../src/numeric/random.js';

/** Rows around `k` points on a line, a unit apart. */
function clumps(k: number, rows: number, spread: number): Float32Array {
  const random = createRandom(3);
  return Float32Array.from({ length: 2 * rows }, (_, i) =>
    i % 2 === 0 ? ((i / 2) % k) + spread * random.normal() : spread * random.normal(),
  );
}

describe('chooseK', () => {
  it.each([2, 3, 5, 9])('finds %i clumps', async (k) => {
    const { k: found, tried } = await chooseK(clumps(k, 300, 0.05), 2, { seed: 1 });
    expect(found).toBe(k);
    expect(tried.map((one) => one.k)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('finds clumps of 80, 15 and 5 % of the rows', async () => {
    const sizes = [240, 45, 15];
    const random = createRandom(4);
    const rows = sizes.flatMap((size, j) =>
      Array.from({ length: size }, () => [j + 0.05 * random.normal(), 0.05 * random.normal()]).flat(),
    );
    expect((await chooseK(Float32Array.from(rows), 2, { seed: 1 })).k).toBe(3);
  });

  it('prefers to tell the many apart over setting a few outliers apart', async () => {
    const random = createRandom(5);
    const rows = [
      ...Array.from({ length: 95 }, () => [random.normal(), random.normal()]),
      ...Array.from({ length: 95 }, () => [5 + random.normal(), random.normal()]),
      ...Array.from({ length: 10 }, () => [100 + random.normal(), random.normal()]),
    ];
    const { k, tried } = await chooseK(Float32Array.from(rows.flat()), 2, { seed: 1 });
    expect(k).toBe(3);
    expect(tried[0]!.silhouette).toBeGreaterThan(tried[1]!.silhouette);
    // Two segments have 190 and 10 rows.
    expect(tried[0]!.score).toBeCloseTo(tried[0]!.silhouette * Math.sqrt(2 * 0.05), 10);
    expect(tried[1]!.score).toBe(tried[1]!.silhouette);
  });

  it('stays with the number in force unless another gains enough', async () => {
    const rows = clumps(1, 300, 1);
    const { tried, k } = await chooseK(rows, 2, { seed: 1 });
    const [best, worst] = [Math.max(...tried.map((t) => t.score)), Math.min(...tried.map((t) => t.score))];
    const current = tried.find(({ score }) => score === worst)!.k;
    expect(current).not.toBe(k);
    const gain = best - worst;
    expect((await chooseK(rows, 2, { seed: 1, current, stay: gain * 1.01 })).k).toBe(current);
    expect((await chooseK(rows, 2, { seed: 1, current, stay: gain * 0.99 })).k).toBe(k);
  });

  it('takes as many as there are different rows where those are few', async () => {
    expect(await chooseK(Float32Array.of(1, 1, 1), 1, { seed: 1 })).toEqual({ k: 1, tried: [] });
    expect((await chooseK(Float32Array.of(1, 1, 2, 2, 2, 2), 1, { seed: 1 })).k).toBe(2);
    await expect(chooseK(Float32Array.of(Number.NaN), 1, { seed: 1 })).rejects.toMatchObject({ code: 'encoder' });
  });
});
