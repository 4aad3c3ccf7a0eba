import type { NearestNeighbours } from './nearest-neighbours.js';

/** A symmetric sparse matrix of weights between rows, each edge stored in both directions. */
export interface NeighbourGraph {
  readonly length: number;
  /** Edges of row i lie from `starts[i]` to `starts[i + 1]`. */
  readonly starts: Int32Array; // (length + 1)
  readonly ends: Int32Array; // (edges), ascending within a row
  readonly weights: Float32Array; // (edges), above 0
}

/** Halvings of the search for a row's bandwidth. */
const HALVINGS = 48;
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
  const joined: Map<number, number>[] = Array.from({ length }, () => new Map());
  for (let i = 0; i < length; i++) {
    for (let n = 0; n < k; n++) {
      const j = indices[i * k + n]!;
      const weight = memberships[i * k + n]!;
      const other = joined[j]!.get(i) ?? 0;
      const both = weight + other - weight * other;
      joined[i]!.set(j, both);
      joined[j]!.set(i, both);
    }
  }
  return toGraph(joined);
}

/** The weighted sum of graphs over the same rows. */
export function sumGraphs(graphs: readonly NeighbourGraph[], weights: readonly number[]): NeighbourGraph {
  const length = graphs[0]?.length ?? 0;
  const summed: Map<number, number>[] = Array.from({ length }, () => new Map());
  for (const [g, { starts, ends, weights: edges }] of graphs.entries()) {
    const weight = weights[g]!;
    if (!(weight > 0)) continue;
    for (let i = 0; i < length; i++) {
      const row = summed[i]!;
      for (let e = starts[i]!; e < starts[i + 1]!; e++) {
        const j = ends[e]!;
        row.set(j, (row.get(j) ?? 0) + weight * edges[e]!);
      }
    }
  }
  return toGraph(summed);
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
  for (let step = 0; step < HALVINGS; step++) {
    let sum = 0;
    for (let n = at; n < at + k; n++) sum += Math.exp(-(distances[n]! - nearest) / bandwidth);
    if (sum > wanted) high = bandwidth;
    else low = bandwidth;
    bandwidth = high === Number.POSITIVE_INFINITY ? bandwidth * 2 : (low + high) / 2;
  }
  return bandwidth;
}

function toGraph(rows: readonly Map<number, number>[]): NeighbourGraph {
  const edges = rows.reduce((sum, row) => sum + row.size, 0);
  const starts = new Int32Array(rows.length + 1);
  const ends = new Int32Array(edges);
  const weights = new Float32Array(edges);
  let at = 0;
  for (const [i, row] of rows.entries()) {
    for (const j of Int32Array.from(row.keys()).sort()) {
      ends[at] = j;
      weights[at] = row.get(j)!;
      at++;
    }
    starts[i + 1] = at;
  }
  return { length: rows.length, starts, ends, weights };
}
