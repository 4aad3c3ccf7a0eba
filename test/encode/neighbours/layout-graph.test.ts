import { describe, expect, it } from 'vitest';
import { layoutGraph } from '../../../src/encode/neighbours/layout-graph.js';
import { nearestNeighbours } from '../../../src/encode/neighbours/nearest-neighbours.js';
import { type NeighbourGraph, toNeighbourGraph } from '../../../src/encode/neighbours/neighbour-graph.js';
import { createRandom } from '../../../src/numeric/random.js';

describe('layoutGraph', () => {
  it('draws rows of one component together and apart from others, wherever they start', () => {
    const { graph, group } = twoGroups(40);
    const random = createRandom(1);
    const places = Float64Array.from({ length: 80 * 3 }, () => random.normal());
    layoutGraph(graph, places, { size: 3, seed: 1 });
    const centre = [0, 1].map((g) =>
      mean(
        places,
        3,
        group.flatMap((of, i) => (of === g ? [i] : [])),
      ),
    );
    const toOwn = group.map((of, i) => distance(places, 3, i, centre[of]!));
    const toOther = group.map((of, i) => distance(places, 3, i, centre[1 - of]!));
    const nearer = toOwn.filter((own, i) => own < toOther[i]!).length;
    expect(nearer / group.length).toBeGreaterThan(0.9);
  });

  it('gives the same places for the same seed, and others for another', () => {
    const { graph } = twoGroups(10);
    const run = (seed: number): number[] => {
      const random = createRandom(2);
      const places = Float64Array.from({ length: 20 * 2 }, () => random.normal());
      layoutGraph(graph, places, { size: 2, seed });
      return [...places];
    };
    expect(run(4)).toEqual(run(4));
    expect(run(4)).not.toEqual(run(5));
    expect(run(0).every(Number.isFinite)).toBe(true);
  });

  it('keeps rows that start on the same spot finite', () => {
    const { graph } = twoGroups(10);
    const places = new Float64Array(20 * 2);
    layoutGraph(graph, places, { size: 2, seed: 1 });
    expect(places.every(Number.isFinite)).toBe(true);
  });
});

function twoGroups(rows: number): { graph: NeighbourGraph; group: number[] } {
  const random = createRandom(7);
  const group = Array.from({ length: 2 * rows }, (_, i) => i % 2);
  const points = Float32Array.from(group.flatMap((of) => [of * 100 + random.normal(), random.normal()]));
  return { graph: toNeighbourGraph(nearestNeighbours(points, 2 * rows, 2, 5)), group };
}

function mean(places: Float64Array, size: number, rows: number[]): number[] {
  return Array.from({ length: size }, (_, m) => rows.reduce((sum, i) => sum + places[i * size + m]!, 0) / rows.length);
}

function distance(places: Float64Array, size: number, row: number, to: number[]): number {
  return Math.hypot(...to.map((x, m) => x - places[row * size + m]!));
}
