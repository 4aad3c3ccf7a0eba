import { NOISE, type Partition } from './partition.js';
import type { Points } from './points.js';

/** Means of clusters, and how their rows lie about them. */
export interface Centers {
  readonly means: Float64Array; // (k, size)
  readonly sizes: Uint32Array; // (k)
  /** Distance of each row to the mean of its cluster; NaN for noise. */
  readonly distances: Float64Array; // (length)
}

export function centersOf(
  { length, size, values }: Points,
  { k, membership }: Pick<Partition, 'k' | 'membership'>,
): Centers {
  const means = new Float64Array(k * size);
  const sizes = new Uint32Array(k);
  for (let i = 0; i < length; i++) {
    const cluster = membership[i]!;
    if (cluster === NOISE) continue;
    sizes[cluster]! += 1;
    for (let m = 0; m < size; m++) means[cluster * size + m]! += values[i * size + m]!;
  }
  for (let at = 0; at < means.length; at++) means[at]! /= sizes[Math.floor(at / size)]!;
  const distances = new Float64Array(length).fill(Number.NaN);
  for (let i = 0; i < length; i++) {
    const cluster = membership[i]!;
    if (cluster === NOISE) continue;
    let squared = 0;
    for (let m = 0; m < size; m++) squared += (values[i * size + m]! - means[cluster * size + m]!) ** 2;
    distances[i] = Math.sqrt(squared);
  }
  return { means, sizes, distances };
}
