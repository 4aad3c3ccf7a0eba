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
  const width = Math.ceil(size / LANES) * LANES;
  const padded = toWidth(places, length, size, width);
  const share = length / 2 ** 32;
  let state = (seed * 2_654_435_761) | 0 || 1;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    const most = LARGEST_STEP * rate;
    for (let e = 0; e < heads.length; e++) {
      if (due[e]! > epoch) continue;
      due[e]! += every[e]!;
      const i = heads[e]! * width;
      const j = tails[e]! * width;
      // At any distance a step of 1 at most.
      pullTogether(padded, i, j, width, (2 * rate) / (1 + squaredDistance(padded, i, j, width)));
      for (let n = 0; n < repulsions; n++) {
        // Xorshift (Marsaglia, 2003): tens of millions are drawn.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const other = (((state >>> 0) * share) | 0) * width;
        if (other === i) continue;
        const squared = squaredDistance(padded, i, other, width);
        const push = (2 * rate) / ((CORE + squared) * (1 + squared));
        if (push * push * squared > most * most) pushAtMost(padded, i, other, width, push, most);
        else pushAway(padded, i, other, width, push);
      }
    }
  }
  places.set(toWidth(padded, length, width, size));
}

/** Coordinates that a loop takes at a time; those beyond the size of a place are 0, and stay so. */
const LANES = 8;

function toWidth(places: Float64Array, length: number, from: number, to: number): Float64Array {
  const out = new Float64Array(length * to);
  const kept = Math.min(from, to);
  for (let i = 0; i < length; i++) out.set(places.subarray(i * from, i * from + kept), i * to);
  return out;
}

function squaredDistance(places: Float64Array, i: number, j: number, width: number): number {
  let sum = 0;
  for (let m = 0; m < width; m += LANES) {
    const p = i + m;
    const q = j + m;
    const a = places[p]! - places[q]!;
    const b = places[p + 1]! - places[q + 1]!;
    const c = places[p + 2]! - places[q + 2]!;
    const d = places[p + 3]! - places[q + 3]!;
    const e = places[p + 4]! - places[q + 4]!;
    const f = places[p + 5]! - places[q + 5]!;
    const g = places[p + 6]! - places[q + 6]!;
    const h = places[p + 7]! - places[q + 7]!;
    sum += a * a + b * b + (c * c + d * d) + (e * e + f * f + (g * g + h * h));
  }
  return sum;
}

function pullTogether(places: Float64Array, i: number, j: number, width: number, pull: number): void {
  for (let m = 0; m < width; m++) {
    const step = pull * (places[j + m]! - places[i + m]!);
    places[i + m]! += step;
    places[j + m]! -= step;
  }
}

function pushAway(places: Float64Array, i: number, j: number, width: number, push: number): void {
  for (let m = 0; m < width; m += LANES) {
    const p = i + m;
    const q = j + m;
    places[p]! += push * (places[p]! - places[q]!);
    places[p + 1]! += push * (places[p + 1]! - places[q + 1]!);
    places[p + 2]! += push * (places[p + 2]! - places[q + 2]!);
    places[p + 3]! += push * (places[p + 3]! - places[q + 3]!);
    places[p + 4]! += push * (places[p + 4]! - places[q + 4]!);
    places[p + 5]! += push * (places[p + 5]! - places[q + 5]!);
    places[p + 6]! += push * (places[p + 6]! - places[q + 6]!);
    places[p + 7]! += push * (places[p + 7]! - places[q + 7]!);
  }
}

function pushAtMost(places: Float64Array, i: number, j: number, width: number, push: number, most: number): void {
  for (let m = 0; m < width; m++) {
    const step = push * (places[i + m]! - places[j + m]!);
    places[i + m]! += Math.max(-most, Math.min(step, most));
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
