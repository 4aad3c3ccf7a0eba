import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { clusterModelOf, embeddingsOf } from './embeddings.js';

const coordinate = fc.integer({ min: -8, max: 8 });

describe('assign', () => {
  it('gives distance, margin and confidence of a window worked by hand', () => {
    // Distances 3 and 4 to the two centroids; squared 9 and 16, inertia 7: 1 / (1 + e^-1).
    const model = clusterModelOf(
      [
        [0, 0],
        [3, 4],
      ],
      { meanInertia: 7 },
    );
    const got = assign(model, embeddingsOf([[3, 0]]));
    expect(got.nearest[0]).toBe(0);
    expect(got.distances[0]).toBe(3);
    expect(got.margins[0]).toBe(0.25);
    expect(got.confidences[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  });

  it('gives a tie to the lower index, with margin 0', () => {
    const model = clusterModelOf([[5], [1], [-1], [1]]);
    const got = assign(model, embeddingsOf([[0], [1]]));
    expect([...got.nearest]).toEqual([1, 1]);
    expect([...got.margins]).toEqual([0, 0]);
    expect(got.confidences[1]).toBeLessThanOrEqual(0.5);
  });

  it('is sure of the only centroid there is', () => {
    const got = assign(clusterModelOf([[2]]), embeddingsOf([[0]]));
    expect([got.distances[0], got.margins[0], got.confidences[0]]).toEqual([2, 1, 1]);
  });

  it('marks a row that is not finite instead of guessing', () => {
    const got = assign(clusterModelOf([[0], [1]]), embeddingsOf([[Number.NaN], [1]]));
    expect([got.distances[0], got.margins[0], got.confidences[0]]).toEqual([Number.NaN, 0, 0.5]);
    expect(got.nearest[1]).toBe(1);
  });

  it('keeps confidences finite for a model whose windows lie on their centroids', () => {
    const got = assign(clusterModelOf([[0], [0], [1]], { meanInertia: 0 }), embeddingsOf([[0], [0.9]]));
    expect([...got.confidences]).toEqual([0.5, 1]);
  });

  it('agrees with the nearest centroid by definition, for every size and number of centroids', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }).chain((size) =>
          fc.record({
            centroids: fc.array(fc.array(coordinate, { minLength: size, maxLength: size }), {
              minLength: 1,
              maxLength: 11,
            }),
            rows: fc.array(fc.array(coordinate, { minLength: size, maxLength: size }), { minLength: 1, maxLength: 8 }),
          }),
        ),
        ({ centroids, rows }) => {
          const got = assign(clusterModelOf(centroids), embeddingsOf(rows));
          rows.forEach((row, i) => {
            const squared = centroids.map((c) => c.reduce((s, x, m) => s + (x - row[m]!) ** 2, 0));
            const least = Math.min(...squared);
            expect(got.nearest[i]).toBe(squared.indexOf(least));
            expect(got.distances[i]).toBeCloseTo(Math.sqrt(least), 4);
            const shares = squared.reduce((s, d) => s + Math.exp(least - d), 0);
            expect(got.confidences[i]).toBeCloseTo(1 / shares, 5);
            expect(got.margins[i]).toBeGreaterThanOrEqual(0);
            expect(got.margins[i]).toBeLessThanOrEqual(1);
          });
        },
      ),
    );
  });

  it('does not depend on how windows are batched', () => {
    const model = clusterModelOf([
      [0, 0],
      [1, 2],
      [-3, 1],
      [4, 4],
      [2, -2],
    ]);
    const rows = Array.from({ length: 50 }, (_, i) => [Math.sin(i) * 4, Math.cos(i * 1.7) * 4]);
    const whole = assign(model, embeddingsOf(rows));
    rows.forEach((row, i) => {
      const alone = assign(model, embeddingsOf([row]));
      expect(alone.nearest[0]).toBe(whole.nearest[i]);
      expect(alone.distances[0]).toBe(whole.distances[i]);
      expect(alone.margins[0]).toBe(whole.margins[i]);
      expect(alone.confidences[0]).toBe(whole.confidences[i]);
    });
  });

  it('refuses embeddings of another size', () => {
    expect(() => assign(clusterModelOf([[0, 0]]), embeddingsOf([[1]]))).toThrow(/size of the centroids/);
  });
});
