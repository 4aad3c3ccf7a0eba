import { NO_CENTROID } from './refit-centroids.js';

/** Rows as some embedding places them. */
export interface PlacedRows {
  readonly embeddings: Float32Array; // (rows, size)
  readonly size: number;
}

/** What `regroupingGain` is where the same rows lie otherwise: the new groups may be the chance of where they were found. */
export type GainElsewhere = (before: Uint16Array, after: Uint16Array) => Promise<number>;

/**
 * The part of the inertia that another grouping of the same rows takes away, each group about its own mean: 0.2 is a fifth,
 * below 0 where it is worse. Rows that are not finite, or are in no group, count in neither.
 *
 * @param before group of each row, `NO_CENTROID` for none
 * @param after the same of the other grouping
 */
export function regroupingGain(rows: PlacedRows, before: Uint16Array, after: Uint16Array): number {
  const inertia = groupInertia(rows, before);
  return inertia === 0 ? 0 : 1 - groupInertia(rows, after) / inertia;
}

/** Sum of squared distances of rows to the mean of their group; rows that are not finite, or are in no group, count nothing. */
function groupInertia({ embeddings, size }: PlacedRows, membership: Uint16Array): number {
  const means = new Map<number, { count: number; readonly sums: Float64Array }>();
  const rows: number[] = [];
  for (const [row, group] of membership.entries()) {
    const place = embeddings.subarray(row * size, (row + 1) * size);
    if (group === NO_CENTROID || !place.every(Number.isFinite)) continue;
    const mean = means.get(group) ?? { count: 0, sums: new Float64Array(size) };
    means.set(group, mean);
    mean.count++;
    for (let m = 0; m < size; m++) mean.sums[m]! += place[m]!;
    rows.push(row);
  }
  let inertia = 0;
  for (const row of rows) {
    const { count, sums } = means.get(membership[row]!)!;
    for (let m = 0; m < size; m++) inertia += (embeddings[row * size + m]! - sums[m]! / count) ** 2;
  }
  return inertia;
}
