import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tsnePlaces } from '../../../src/cluster/offline/tsne-places.js';

const reference: { readonly rows: readonly number[][]; readonly divergences: readonly number[] } = JSON.parse(
  readFileSync(new URL('./fixtures/tsne.json', import.meta.url), 'utf8'),
);

function toPoints(rows: readonly (readonly number[])[]) {
  return { length: rows.length, size: rows[0]!.length, values: Float32Array.from(rows.flat()) };
}

const squared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);

describe('t-SNE', () => {
  it('comes as near to the neighbourhoods of rows as that of scikit-learn from random starts, and parts their groups', async () => {
    const { rows, divergences } = reference;
    const places = await tsnePlaces(toPoints(rows));
    const pairs = rows.map((_, i) => [places[2 * i]!, places[2 * i + 1]!]);
    expect(divergenceOf(rows, pairs, 30)).toBeLessThan(Math.max(...divergences));
    const atHome = pairs.filter((own, i) => {
      const others = [...pairs.keys()].filter((j) => j !== i);
      const nearest = others.reduce((a, b) => (squared(pairs[b]!, own) < squared(pairs[a]!, own) ? b : a));
      return Math.floor(nearest / 40) === Math.floor(i / 40);
    });
    // The groups overlap a little.
    expect(atHome.length).toBeGreaterThan(95);
    expect(await tsnePlaces(toPoints(rows))).toEqual(places);
  });

  it.each([
    [
      'two rows',
      [
        [0, 1],
        [3, 4],
      ],
    ],
    ['rows that are all alike', Array.from({ length: 9 }, () => [1, 2])],
    ['a row far away', [...Array.from({ length: 9 }, (_, i) => [i % 3, i]), [1e6, 0]]],
  ])('has a place for each of %s', async (_, rows) => {
    const places = await tsnePlaces(toPoints(rows));
    expect(places).toHaveLength(2 * rows.length);
    expect(places.every(Number.isFinite)).toBe(true);
  });

  it('stops on request', async () => {
    await expect(tsnePlaces(toPoints(reference.rows), { aborted: true })).rejects.toMatchObject({ code: 'aborted' });
  });
});

/** The Kullback-Leibler divergence of both neighbourhoods, as the paper writes it. */
function divergenceOf(rows: readonly number[][], places: readonly number[][], perplexity: number): number {
  const conditional = rows.map((row, i) => {
    const distances = rows.map((other) => squared(row, other));
    let [low, high] = [1e-6, 1e6];
    for (let step = 0; step < 200; step++) {
      const precision = Math.sqrt(low * high);
      if (entropyOf(gaussian(distances, i, precision)) > Math.log(perplexity)) low = precision;
      else high = precision;
    }
    return gaussian(distances, i, low);
  });
  const near = places.map((a, i) => places.map((b, j) => (i === j ? 0 : 1 / (1 + squared(a, b)))));
  const total = near.flat().reduce((sum, value) => sum + value, 0);
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < rows.length; j++) {
      const p = (conditional[i]![j]! + conditional[j]![i]!) / (2 * rows.length);
      if (i !== j && p > 0) sum += p * Math.log((p * total) / near[i]![j]!);
    }
  }
  return sum;
}

function gaussian(distances: readonly number[], own: number, precision: number): number[] {
  const values = distances.map((distance, j) => (j === own ? 0 : Math.exp(-precision * distance)));
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

function entropyOf(shares: readonly number[]): number {
  return -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0);
}
