import type { NeighbourGraph } from './neighbour-graph.js';

export interface LayoutOptions {
  /** Coordinates of a row. */
  readonly size: number;
  /** Passes over the edges. @default 200; 100 for more than 2,000 rows, whose places settle sooner */
  readonly epochs?: number;
  /** Random rows that push a row away for each edge that pulls it. @default 5 */
  readonly repulsions?: number;
  /** Any integer. */
  readonly seed: number;
}

/** A step moves a coordinate by no more than this, times the learning rate. */
const LARGEST_STEP = 4;
/** Keeps the push between rows that lie on each other finite. */
const CORE = 0.001;

/**
 * Moves rows so that those joined by strong edges come to lie near each other and others do not.
 *
 * Stochastic gradient descent on the cross-entropy between edges and nearness 1 / (1 + d²), sampling edges in proportion
 * to their weights and random rows against them, as UMAP does (McInnes, Healy & Melville, 2018,
 * https://arxiv.org/abs/1802.03426), with the learning rate falling from 1 to 0. The same graph, start and seed give the
 * same places.
 *
 * @param places (length, size), where the rows start; moved in place
 */
export function layoutGraph(graph: NeighbourGraph, places: Float64Array, options: LayoutOptions): void {
  const { length } = graph;
  const { size, epochs = length > 2_000 ? 100 : 200, repulsions = 5, seed } = options;
  const { heads, tails, every } = toSchedule(graph, epochs);
  const due = every.slice();
  let state = seed * 2_654_435_761 || 1;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    for (let e = 0; e < heads.length; e++) {
      if (due[e]! > epoch) continue;
      due[e]! += every[e]!;
      const i = heads[e]! * size;
      const j = tails[e]! * size;
      let squared = 0;
      for (let m = 0; m < size; m++) squared += (places[i + m]! - places[j + m]!) ** 2;
      const pull = (-2 / (1 + squared)) * rate;
      const most = LARGEST_STEP * rate;
      for (let m = 0; m < size; m++) {
        const step = bounded(pull * (places[i + m]! - places[j + m]!), most);
        places[i + m]! += step;
        places[j + m]! -= step;
      }
      for (let n = 0; n < repulsions; n++) {
        // Xorshift (Marsaglia, 2003): tens of millions are drawn.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const other = ((state >>> 0) % length) * size;
        if (other === i) continue;
        squared = 0;
        for (let m = 0; m < size; m++) squared += (places[i + m]! - places[other + m]!) ** 2;
        const push = (2 / ((CORE + squared) * (1 + squared))) * rate;
        for (let m = 0; m < size; m++) {
          places[i + m]! += bounded(push * (places[i + m]! - places[other + m]!), most);
        }
      }
    }
  }
}

/** Edges that are sampled at least once, and after how many epochs each is due again: 1 for the strongest. */
function toSchedule({ length, starts, ends, weights }: NeighbourGraph, epochs: number) {
  const strongest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const heads: number[] = [];
  const tails: number[] = [];
  const every: number[] = [];
  for (let i = 0; i < length; i++) {
    for (let e = starts[i]!; e < starts[i + 1]!; e++) {
      const interval = strongest / weights[e]!;
      if (interval > epochs) continue;
      heads.push(i);
      tails.push(ends[e]!);
      every.push(interval);
    }
  }
  return { heads: Int32Array.from(heads), tails: Int32Array.from(tails), every: Float64Array.from(every) };
}

function bounded(step: number, most: number): number {
  return step > most ? most : step < -most ? -most : step;
}
