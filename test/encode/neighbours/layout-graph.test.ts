import { describe, expect, it } from 'vitest';
import { layoutGraph } from '../../../src/encode/neighbours/layout-graph.js';
import { nearestNeighbours } from '../../../src/encode/neighbours/nearest-neighbours.js';
import { type NeighbourGraph, toNeighbourGraph } from '../../../src/encode/neighbours/neighbour-graph.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createRandom } from '../../../src/numeric/random.js';

const ENGINE = createJsEngine();

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

  it.each([1, 3, 8, 11])('moves places of %i coordinates as the definition says', (size) => {
    const { graph } = twoGroups(6);
    const random = createRandom(3);
    const places = Float64Array.from({ length: graph.length * size }, () => random.normal());
    const wanted = layOutPlainly(graph, places, size, 4, 9);
    layoutGraph(graph, places, { size, epochs: 4, seed: 9 });
    for (const [at, place] of places.entries()) expect(place).toBeCloseTo(wanted[at]!, 6);
  });

  it('keeps rows that start on the same spot finite', () => {
    const { graph } = twoGroups(10);
    const places = new Float64Array(20 * 2);
    layoutGraph(graph, places, { size: 2, seed: 1 });
    expect(places.every(Number.isFinite)).toBe(true);
  });
});

/** As the loop does it, with a step at a time. */
function layOutPlainly(graph: NeighbourGraph, start: Float64Array, size: number, epochs: number, seed: number) {
  const { length, starts, ends, weights } = graph;
  const places = Array.from({ length }, (_, i) => [...start.subarray(i * size, (i + 1) * size)]);
  const strongest = Math.max(...weights);
  const next = [...weights].map((weight) => strongest / weight);
  const state = Int32Array.of(seed * 2_654_435_761);
  const draw = (): number => {
    state[0]! ^= state[0]! << 13;
    state[0]! ^= state[0]! >>> 17;
    state[0]! ^= state[0]! << 5;
    return Math.floor((state[0]! >>> 0) * (length / 2 ** 32));
  };
  const step = (from: number[], to: number[], factor: (squared: number) => number, most: number): number[] => {
    const squared = from.reduce((sum, x, m) => sum + (x - to[m]!) ** 2, 0);
    return from.map((x, m) => Math.min(most, Math.max(-most, factor(squared) * (x - to[m]!))));
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    for (let i = 0; i < length; i++) {
      for (let e = starts[i]!; e < starts[i + 1]!; e++) {
        if (strongest / weights[e]! > epochs || next[e]! > epoch) continue;
        next[e]! += strongest / weights[e]!;
        const j = ends[e]!;
        const pull = step(places[i]!, places[j]!, (squared) => (-2 * rate) / (1 + squared), 4 * rate);
        places[i] = places[i]!.map((x, m) => x + pull[m]!);
        places[j] = places[j]!.map((x, m) => x - pull[m]!);
        for (let n = 0; n < 5; n++) {
          const other = places[draw()]!;
          const push = (squared: number) => (2 * rate) / ((0.001 + squared) * (1 + squared));
          if (other !== places[i])
            places[i] = step(places[i]!, other, push, 4 * rate).map((x, m) => x + places[i]![m]!);
        }
      }
    }
  }
  return places.flat();
}

function twoGroups(rows: number): { graph: NeighbourGraph; group: number[] } {
  const random = createRandom(7);
  const group = Array.from({ length: 2 * rows }, (_, i) => i % 2);
  const points = Float32Array.from(group.flatMap((of) => [of * 100 + random.normal(), random.normal()]));
  return { graph: toNeighbourGraph(nearestNeighbours(points, 2 * rows, 2, 5, ENGINE)), group };
}

function mean(places: Float64Array, size: number, rows: number[]): number[] {
  return Array.from({ length: size }, (_, m) => rows.reduce((sum, i) => sum + places[i * size + m]!, 0) / rows.length);
}

function distance(places: Float64Array, size: number, row: number, to: number[]): number {
  return Math.hypot(...to.map((x, m) => x - places[row * size + m]!));
}
