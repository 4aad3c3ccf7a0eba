import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import type { Statistics } from '../../src/cluster/cluster-model.js';
import { starvedCentroids } from '../../src/cluster/starved-centroids.js';
import { accumulate, emptyStatistics, merge, statistics, withoutRows } from '../../src/cluster/statistics.js';
import { update } from '../../src/cluster/update.js';
import { createRandom } from '../../src/numeric/random.js';
import { clusterModelOf, embeddingsOf, windowsOf } from './embeddings.js';

const learnt = (model: ReturnType<typeof clusterModelOf>, rows: readonly (readonly number[])[]): Statistics =>
  statistics(model, assign(model, embeddingsOf(rows)));

const close = (a: Statistics, b: Statistics): void => {
  expect(a.inertia).toBeCloseTo(b.inertia, 6);
  for (const field of ['weights', 'sums', 'sumSquares'] as const) {
    for (const [i, x] of a[field].entries()) expect(x).toBeCloseTo(b[field][i]!, 6);
  }
};

describe('statistics', () => {
  it('adds up each segment by hand', () => {
    const got = learnt(clusterModelOf([[0], [10]]), [[1], [2], [9], [-1]]);
    expect([...got.weights]).toEqual([3, 1]);
    expect([...got.sums]).toEqual([2, 9]);
    expect([...got.sumSquares]).toEqual([6, 81]);
    expect(got.inertia).toBe(1 + 4 + 1 + 1);
  });

  it('learns neither from provisional windows, revisions, evictions nor rows that are not finite', () => {
    const model = clusterModelOf([[0]]);
    const windows = windowsOf(5, {
      finals: Uint8Array.of(1, 0, 1, 1, 1),
      revisions: Uint16Array.of(0, 0, 1, 0, 0),
      evicted: Uint8Array.of(0, 0, 0, 1, 0),
    });
    const got = statistics(model, assign(model, embeddingsOf([[1], [2], [4], [8], [Number.NaN]], windows)));
    expect([...got.weights, ...got.sums]).toEqual([1, 1]);
  });

  it('accumulates to the same bits however rows were cut into batches', () => {
    const random = createRandom(8);
    const model = clusterModelOf([[0], [2]]);
    const assignments = assign(model, embeddingsOf(Array.from({ length: 50 }, () => [random.normal()])));
    let pieces = emptyStatistics(model);
    for (let i = 0; i < 50; i += 7) pieces = accumulate(pieces, assignments, i, Math.min(50, i + 7));
    expect(pieces).toEqual(statistics(model, assignments));
  });

  it('merges in any order and grouping to the same as one batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.nat({ max: 30 }), fc.nat({ max: 30 }), (seed, cut1, cut2) => {
        const random = createRandom(seed);
        const model = clusterModelOf([
          [0, 0],
          [2, 1],
          [-1, 3],
        ]);
        const rows = Array.from({ length: 30 }, () => [random.normal(), random.normal() * 2]);
        const assignments = assign(model, embeddingsOf(rows));
        const [x, y] = [Math.min(cut1, cut2), Math.max(cut1, cut2)];
        const a = statistics(model, assignments, 0, x);
        const b = statistics(model, assignments, x, y);
        const c = statistics(model, assignments, y);
        const whole = statistics(model, assignments);
        close(merge(merge(a, b), c), whole);
        close(merge(a, merge(b, c)), whole);
        close(merge(merge(c, a), b), whole);
      }),
    );
  });

  it('can leave out what came to some of the centroids', () => {
    const got = withoutRows(
      learnt(
        clusterModelOf([
          [0, 0],
          [9, 9],
        ]),
        [
          [1, 2],
          [8, 8],
        ],
      ),
      [1],
    );
    expect([...got.weights, ...got.sums, ...got.sumSquares]).toEqual([1, 0, 1, 2, 0, 0, 1, 4, 0, 0]);
  });

  it('refuses to merge across model versions', () => {
    const a = learnt(clusterModelOf([[0]]), [[1]]);
    const b = learnt(clusterModelOf([[0]], { modelVersion: 'v2' }), [[1]]);
    expect(() => merge(a, b)).toThrow(/v1.*v2/);
  });
});

describe('update', () => {
  it('follows Sculley one window at a time: c += (x - c) / n', () => {
    // Weight 1 at 0: after 3, centre 0 + 3/2; after 6, 1.5 + 4.5/3 = 3; the mean of 0, 3, 6.
    let model = clusterModelOf([[0]], { weights: Float64Array.of(1) });
    model = update(model, learnt(model, [[3]]));
    expect(model.centroids[0]).toBe(1.5);
    model = update(model, learnt(model, [[6]]));
    expect(model.centroids[0]).toBe(3);
    expect([...model.weights]).toEqual([3]);
    expect(model.centroidEpoch).toBe(2);
  });

  it('halves what it remembers with each half-life of windows, over all segments', () => {
    // Two windows arrive with a half-life of 2: the old weight 4 counts 2. (2 * 0 + 6) / (2 + 1) = 2.
    const model = clusterModelOf([[0], [100]], { weights: Float64Array.of(4, 8) });
    const next = update(model, learnt(model, [[6], [100]]), { halfLife: 2 });
    expect(next.centroids[0]).toBe(2);
    expect([...next.weights]).toEqual([3, 5]);
  });

  it('halves it with each half-life of event time, too, and never grows by a clock that runs backwards', () => {
    const model = clusterModelOf([[0]], { weights: Float64Array.of(8) });
    const weightAfter = (elapsedMs: number, halfLife?: number) =>
      update(model, learnt(model, [[3], [3]]), { halfLife, halfLifeMs: 1000, elapsedMs }).weights[0];
    expect([weightAfter(0), weightAfter(1000), weightAfter(2000), weightAfter(-5000)]).toEqual([10, 6, 4, 10]);
    expect(weightAfter(1000, 2)).toBe(8 / 4 + 2);
  });

  it('refuses sums that are not finite, which would end a centroid', () => {
    const model = clusterModelOf([[0]]);
    const broken = { ...learnt(model, [[3]]), sums: Float64Array.of(Number.NaN) };
    expect(() => update(model, broken)).toThrow(/not finite/);
  });

  it('keeps the running mean of the distance that windows have', () => {
    const model = clusterModelOf([[0]], { weights: Float64Array.of(3), meanInertia: 2 });
    expect(update(model, learnt(model, [[4]])).meanInertia).toBe((3 * 2 + 16) / 4);
  });

  it('leaves its input and the centroids without windows alone', () => {
    const model = clusterModelOf([[0], [50]], { weights: Float64Array.of(1, 2) });
    const next = update(model, learnt(model, [[1]]));
    expect([...model.centroids, ...model.weights, model.centroidEpoch]).toEqual([0, 50, 1, 2, 0]);
    expect(next.centroids[1]).toBe(50);
    expect(next.weights[1]).toBe(2);
  });

  it('is assigned before it is learnt: a window does not draw the centroid to itself first', () => {
    const model = clusterModelOf([[0], [4]], { weights: Float64Array.of(1, 1) });
    const assignments = assign(model, embeddingsOf([[2.5]]));
    const before = assignments.distances[0];
    update(model, statistics(model, assignments));
    expect(assignments.distances[0]).toBe(before);
    expect(before).toBe(1.5);
  });

  it('without forgetting, gives the mean of all windows of each segment however they were batched', () => {
    const random = createRandom(3);
    const rows = Array.from({ length: 400 }, (_, i) => [(i % 2) * 20 + random.normal(), random.normal()]);
    const run = (size: number): Float32Array => {
      let model = clusterModelOf([
        [0, 0],
        [20, 0],
      ]);
      for (let i = 0; i < rows.length; i += size) model = update(model, learnt(model, rows.slice(i, i + size)));
      return model.centroids;
    };
    const [whole, many] = [run(400), run(7)];
    for (const [i, x] of whole.entries()) expect(many[i]).toBeCloseTo(x, 4);
  });

  it('follows a segment that moves, with a half-life, better than without', () => {
    const random = createRandom(5);
    let forgetting = clusterModelOf([[0], [30]]);
    let remembering = forgetting;
    for (let batch = 0; batch < 100; batch++) {
      const rows = Array.from({ length: 64 }, () => [(batch > 50 ? 5 : 0) + random.normal()]);
      forgetting = update(forgetting, learnt(forgetting, rows), { halfLife: 500 });
      remembering = update(remembering, learnt(remembering, rows));
    }
    expect(Math.abs(forgetting.centroids[0]! - 5)).toBeLessThan(0.2);
    expect(Math.abs(remembering.centroids[0]! - 5)).toBeGreaterThan(1);
  });

  it('changes nothing but the epoch where nothing was learnt', () => {
    const model = clusterModelOf([[0], [50]], { weights: Float64Array.of(1, 2) });
    const empty = statistics(model, assign(model, embeddingsOf([])));
    expect(update(model, empty, { halfLife: 10 })).toEqual({ ...model, centroidEpoch: 1 });
  });

  it('refuses statistics of another model version', () => {
    const model = clusterModelOf([[0]]);
    const other = learnt(clusterModelOf([[0]], { modelVersion: 'v0' }), [[1]]);
    expect(() => update(model, other)).toThrow(/model v1.*got v0/);
  });
});

describe('starvedCentroids', () => {
  it('names those whose weight fell below a hundredth of the mean', () => {
    expect(starvedCentroids(clusterModelOf([[0], [1], [2]], { weights: Float64Array.of(291, 1.1, 7.9) }))).toEqual([]);
    expect(starvedCentroids(clusterModelOf([[0], [1], [2]], { weights: Float64Array.of(291, 0.9, 8.1) }))).toEqual([1]);
    expect(starvedCentroids(clusterModelOf([[0]], { weights: Float64Array.of(0) }))).toEqual([]);
  });
});
