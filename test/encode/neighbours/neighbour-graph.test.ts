import { describe, expect, it } from 'vitest';
import { nearestNeighbours } from '../../../src/encode/neighbours/nearest-neighbours.js';
import { type NeighbourGraph, sumGraphs, toNeighbourGraph } from '../../../src/encode/neighbours/neighbour-graph.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createRandom } from '../../../src/numeric/random.js';

const ENGINE = createJsEngine();

describe('toNeighbourGraph', () => {
  it('joins rows that are each other’s only neighbours with weight 1', () => {
    const graph = toNeighbourGraph(nearestNeighbours(Float32Array.of(0, 1, 10, 11), 4, 1, 1, ENGINE));
    expect(edges(graph)).toEqual({ '0-1': 1, '1-0': 1, '2-3': 1, '3-2': 1 });
  });

  it('gives the nearest neighbour 1, and every row log2(k) in sum before the directions are joined', () => {
    // Row 0 sees 1, 2, 3 at 1, 2, 3; exp(-1/s) + exp(-2/s) = log2(3) - 1 gives s = 1.1286.
    const graph = toNeighbourGraph(nearestNeighbours(Float32Array.of(0, 1, 2, 3, 400, 401, 402, 403), 8, 1, 3, ENGINE));
    const q = (Math.sqrt(1 + 4 * (Math.log2(3) - 1)) - 1) / 2;
    expect(edges(graph)['0-1']).toBeCloseTo(1, 6);
    // From 0 to 3 and from 3 to 0 the third neighbour: q² + q² - q⁴.
    expect(edges(graph)['0-3']).toBeCloseTo(2 * q ** 2 - q ** 4, 5);
  });

  it('is symmetric, and knows no edge from a row to itself', () => {
    const random = createRandom(3);
    const points = Float32Array.from({ length: 200 }, () => random.normal());
    const all = edges(toNeighbourGraph(nearestNeighbours(points, 100, 2, 6, ENGINE)));
    for (const [name, weight] of Object.entries(all)) {
      const [i, j] = name.split('-');
      expect(i).not.toBe(j);
      expect(all[`${j}-${i}`]).toBe(weight);
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
  });

  it('joins identical rows, which have no distance to tell them by, with weight 1', () => {
    const graph = toNeighbourGraph(nearestNeighbours(new Float32Array(6), 6, 1, 3, ENGINE));
    expect(new Set(graph.weights)).toEqual(new Set([1]));
  });
});

describe('sumGraphs', () => {
  it('adds edges by weight, and leaves out what counts nothing', () => {
    const graph = (...rows: [number, number, number][]): NeighbourGraph => {
      const sorted = [...rows, ...rows.map(([i, j, w]) => [j, i, w] as [number, number, number])].sort(
        (a, b) => a[0] - b[0] || a[1] - b[1],
      );
      return {
        length: 3,
        starts: Int32Array.from({ length: 4 }, (_, i) => sorted.filter(([from]) => from < i).length),
        ends: Int32Array.from(sorted, ([, to]) => to),
        weights: Float32Array.from(sorted, ([, , w]) => w),
      };
    };
    const sum = sumGraphs([graph([0, 1, 1]), graph([0, 1, 0.5], [1, 2, 1]), graph([0, 2, 1])], [2, 4, 0]);
    expect(edges(sum)).toEqual({ '0-1': 4, '1-0': 4, '1-2': 4, '2-1': 4 });
  });
});

function edges({ length, starts, ends, weights }: NeighbourGraph): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = 0; i < length; i++) {
    for (let e = starts[i]!; e < starts[i + 1]!; e++) found[`${i}-${ends[e]}`] = weights[e]!;
  }
  return found;
}
