import type { NearestNeighbours } from './nearest-neighbours.js';

/** A symmetric sparse matrix of weights between rows, each edge stored in both directions. */
export interface NeighbourGraph {
  readonly length: number;
  /** Edges of row i lie from `starts[i]` to `starts[i + 1]`. */
  readonly starts: Int32Array; // (length + 1)
  readonly ends: Int32Array; // (edges), ascending within a row
  readonly weights: Float32Array; // (edges), above 0
}

/** Steps of the search for a row's bandwidth, most of them halvings: to some millionths. */
const STEPS = 24;
/** Least bandwidth, in mean distances, so that a row whose neighbours are all as near has one. */
const LEAST_BANDWIDTH = 1e-3;

/**
 * Weighs the edges to nearest neighbours as memberships of fuzzy sets (McInnes, Healy & Melville, 2018,
 * https://arxiv.org/abs/1802.03426): 1 to the nearest, falling with distance at a row's own bandwidth, which gives every
 * row log2(k) in sum, and joined with the membership in the other direction: a + b - ab.
 */
export function toNeighbourGraph(neighbours: NearestNeighbours): NeighbourGraph {
  const { length, k, indices } = neighbours;
  const memberships = toMemberships(neighbours);
  const { starts, edges } = toIncoming(neighbours);
  const union = (a: number, b: number): number => a + b - a * b;
  return gatherRows(length, 2 * length * k, union, (i, add) => {
    for (let e = i * k; e < (i + 1) * k; e++) add(indices[e]!, memberships[e]!);
    for (let at = starts[i]!; at < starts[i + 1]!; at++) add(Math.floor(edges[at]! / k), memberships[edges[at]!]!);
  });
}

/** The weighted sum of graphs over the same rows. */
export function sumGraphs(graphs: readonly NeighbourGraph[], weights: readonly number[]): NeighbourGraph {
  const length = graphs[0]?.length ?? 0;
  const most = graphs.reduce((sum, { ends }) => sum + ends.length, 0);
  const sum = (a: number, b: number): number => a + b;
  return gatherRows(length, most, sum, (i, add) => {
    for (const [g, { starts, ends, weights: edges }] of graphs.entries()) {
      for (let e = starts[i]!; e < starts[i + 1]!; e++) add(ends[e]!, weights[g]! * edges[e]!);
    }
  });
}

function toMemberships({ length, k, squared }: NearestNeighbours): Float64Array {
  const memberships = new Float64Array(length * k);
  const distances = squared.map(Math.sqrt);
  const mean = distances.reduce((sum, d) => sum + d, 0) / Math.max(1, distances.length);
  const wanted = Math.log2(k);
  for (let at = 0; at < memberships.length; at += k) {
    const nearest = distances[at]!;
    const bandwidth = Math.max(bandwidthFor(distances, at, k, wanted), LEAST_BANDWIDTH * mean);
    for (let n = at; n < at + k; n++) {
      const beyond = distances[n]! - nearest;
      memberships[n] = beyond > 0 ? Math.exp(-beyond / bandwidth) : 1;
    }
  }
  return memberships;
}

/** The bandwidth at which the memberships of a row sum to `wanted`, by halving. */
function bandwidthFor(distances: Float64Array, at: number, k: number, wanted: number): number {
  const nearest = distances[at]!;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let bandwidth = distances[at + k - 1]! - nearest || 1;
  for (let step = 0; step < STEPS; step++) {
    let sum = 0;
    for (let n = at; n < at + k; n++) sum += Math.exp(-(distances[n]! - nearest) / bandwidth);
    if (sum > wanted) high = bandwidth;
    else low = bandwidth;
    bandwidth = high === Number.POSITIVE_INFINITY ? bandwidth * 2 : (low + high) / 2;
  }
  return bandwidth;
}

/** For each row the places in `indices` that name it, ascending. */
function toIncoming({ length, indices }: NearestNeighbours): { starts: Int32Array; edges: Int32Array } {
  const starts = new Int32Array(length + 1);
  for (const j of indices) starts[j + 1]! += 1;
  for (let j = 0; j < length; j++) starts[j + 1]! += starts[j]!;
  const next = starts.slice();
  const edges = new Int32Array(indices.length);
  for (let e = 0; e < indices.length; e++) edges[next[indices[e]!]!++] = e;
  return { starts, edges };
}

/**
 * Builds a graph a row at a time.
 *
 * @param most edges at most
 * @param combine what two weights of one edge make, and 0 and a weight: that weight
 * @param writeRow adds the edges of row i, in any order
 */
function gatherRows(
  length: number,
  most: number,
  combine: (a: number, b: number) => number,
  writeRow: (i: number, add: (j: number, weight: number) => void) => void,
): NeighbourGraph {
  const starts = new Int32Array(length + 1);
  const ends = new Int32Array(most);
  const weights = new Float32Array(most);
  const row = new Float64Array(length);
  const joined = new Int32Array(length);
  let count = 0;
  const add = (j: number, weight: number): void => {
    if (!(weight > 0)) return;
    if (row[j] === 0) joined[count++] = j;
    row[j] = combine(row[j]!, weight);
  };
  let at = 0;
  for (let i = 0; i < length; i++) {
    count = 0;
    writeRow(i, add);
    for (const j of joined.subarray(0, count).sort()) {
      ends[at] = j;
      weights[at] = row[j]!;
      row[j] = 0;
      at++;
    }
    starts[i + 1] = at;
  }
  return { length, starts, ends: ends.slice(0, at), weights: weights.slice(0, at) };
}
