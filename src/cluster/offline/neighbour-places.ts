import { layoutGraph } from '../../encode/neighbours/layout-graph.js';
import { toNeighbourGraph } from '../../encode/neighbours/neighbour-graph.js';
import type { Abortable } from '../../numeric/abortable.js';
import type { Points } from './points.js';
import { principalPlaces } from './principal-places.js';
import { findRowNeighbours } from './row-neighbours.js';

/** Rows that are compared with each other at most. */
const MOST_ROWS = 10_000;
const NEIGHBOURS = 15;
/** Places reach so far from 0 at the start. */
const START = 10;

/**
 * Places rows in two dimensions so that those that are neighbours lie near each other, as UMAP does (McInnes, Healy and
 * Melville, 2018), starting from their principal components.
 *
 * @returns (length, 2); undefined of more than 10,000 rows
 */
export async function neighbourPlaces(
  points: Points,
  seed: number,
  signal?: Abortable,
): Promise<Float64Array | undefined> {
  if (points.length > MOST_ROWS) return undefined;
  const { length, count, indices, distances } = await findRowNeighbours(points, NEIGHBOURS, signal);
  const squared = distances.map((distance) => distance * distance);
  const graph = toNeighbourGraph({ length, k: count, indices: Int32Array.from(indices), squared });
  const places = await principalPlaces(points);
  const reach = places.reduce((most, place) => Math.max(most, Math.abs(place)), 0);
  if (reach > 0) for (let i = 0; i < places.length; i++) places[i]! *= START / reach;
  layoutGraph(graph, places, { size: 2, seed });
  return places;
}
