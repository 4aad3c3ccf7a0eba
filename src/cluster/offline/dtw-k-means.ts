import type { Abortable } from '../../numeric/abortable.js';
import { createRandom, type Random } from '../../numeric/random.js';
import type { DtwAssignment, DtwChunk } from './dtw-assign.js';
import { type DtwPool, openDtwPool } from './dtw-pool.js';
import { type Partition, toPartition } from './partition.js';
import type { SeriesRows } from './series-rows.js';

export interface DtwKMeansOptions {
  readonly seed: number;
  /** Steps by which two series may be out of step with each other. */
  readonly band: number;
  /** Worker threads; 0 works in the caller's. The result is the same. */
  readonly threads: number;
  /** Independent starts, of which that of least inertia wins. @default 3 */
  readonly starts?: number | undefined;
  readonly signal?: Abortable | undefined;
}

const MOST_ITERATIONS = 100;
/** Rows of a chunk: sums are added chunk by chunk, so that the number of threads leaves no trace in them. */
const CHUNK_ROWS = 128;
/** Part of the inertia that an iteration must gain. */
const LEAST_GAIN = 1e-6;

/** Clusters by dynamic time warping, and the barycentre of each. */
export interface DtwPartition extends Partition {
  readonly centroids: Float64Array; // (k, steps, channels)
  /** Distance of each row to its cluster's barycentre. */
  readonly distances: Float64Array; // (length)
}

/**
 * k-means under banded dynamic time warping; a cluster's centre is the barycentre of its rows under the same (Petitjean,
 * Ketterlin and Gançarski, 2011, "DBA"), moved once in each pass. Seeded by k-means++ under the same distance.
 */
export async function dtwKMeans(
  rows: SeriesRows,
  k: number,
  { seed, band, threads, starts = 3, signal }: DtwKMeansOptions,
): Promise<DtwPartition> {
  const { steps, channels, length, values } = rows;
  const cells = steps * channels;
  const most = Math.min(threads, Math.ceil(length / CHUNK_ROWS));
  // A single chunk is done before a thread has started.
  const pool = openDtwPool(values, { steps, channels, band }, most > 1 ? most : 0, signal);
  try {
    const random = createRandom(seed);
    let best: Fit | undefined;
    for (let start = 0; start < starts; start++) {
      const fit = await fitBarycentres(rows, await seedRows(rows, k, pool, random), pool);
      if (best === undefined || fit.inertia < best.inertia) best = fit;
    }
    const { nearest, squared, centroids, ...facts } = best!;
    const partition = toPartition(nearest, { band, ...facts });
    const ordered = new Float64Array(partition.k * cells);
    for (const [to, from] of partition.from.entries()) {
      ordered.set(centroids.subarray(from * cells, (from + 1) * cells), to * cells);
    }
    return { ...partition, centroids: ordered, distances: squared.map(Math.sqrt) };
  } finally {
    await pool.close();
  }
}

interface Fit {
  readonly nearest: Uint16Array;
  readonly squared: Float64Array;
  readonly centroids: Float64Array;
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Share of the distances that the lower bound spared. */
  readonly spared: number;
}

async function fitBarycentres({ length, channels }: SeriesRows, start: Float64Array, pool: DtwPool): Promise<Fit> {
  let centroids = start;
  let best: Omit<Fit, 'iterations' | 'converged' | 'spared'> | undefined;
  let measured = 0;
  let spared = 0;
  let iterations = 0;
  for (; iterations < MOST_ITERATIONS; iterations++) {
    const parts = await pool.assign(chunksOf(length, centroids, true));
    for (const part of parts) {
      measured += part.measured;
      spared += part.spared;
    }
    const nearest = concat(parts, ({ nearest }) => nearest, new Uint16Array(length));
    const squared = concat(parts, ({ squared }) => squared, new Float64Array(length));
    const inertia = squared.reduce((sum, distance) => sum + distance, 0);
    const gained = best === undefined || inertia < best.inertia * (1 - LEAST_GAIN);
    if (best === undefined || inertia < best.inertia) best = { nearest, squared, centroids, inertia };
    if (!gained) break;
    centroids = moved(centroids, parts, channels);
  }
  return { ...best!, iterations, converged: iterations < MOST_ITERATIONS, spared: spared / (measured + spared) };
}

function chunksOf(length: number, centroids: Float64Array, learns: boolean): DtwChunk[] {
  return Array.from({ length: Math.ceil(length / CHUNK_ROWS) }, (_, i) => ({
    from: i * CHUNK_ROWS,
    to: Math.min(length, (i + 1) * CHUNK_ROWS),
    centroids,
    learns,
  }));
}

function concat<T extends Uint16Array | Float64Array>(
  parts: readonly DtwAssignment[],
  column: (part: DtwAssignment) => T,
  into: T,
): T {
  let at = 0;
  for (const part of parts) {
    into.set(column(part), at);
    at += column(part).length;
  }
  return into;
}

/** Each step of a centroid at the mean of what falls on it; a centroid without rows stays. */
function moved(
  centroids: Float64Array,
  parts: readonly DtwAssignment[],

  channels: number,
): Float64Array {
  const next = centroids.slice();
  const all = centroids.length / channels;
  for (let step = 0; step < all; step++) {
    let count = 0;
    for (const part of parts) count += part.counts[step]!;
    if (count === 0) continue;
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (const part of parts) sum += part.sums[step * channels + channel]!;
      next[step * channels + channel] = sum / count;
    }
  }
  return next;
}

/** k-means++ (Arthur and Vassilvitskii, 2007): rows far from those that were drawn before are likelier to be drawn. */
async function seedRows(
  { length, steps, channels, values }: SeriesRows,
  k: number,
  pool: DtwPool,
  random: Random,
): Promise<Float64Array> {
  const cells = steps * channels;
  const centroids = new Float64Array(k * cells);
  const squared = new Float64Array(length).fill(1);
  for (let j = 0; j < k; j++) {
    let left = random.next() * squared.reduce((sum, distance) => sum + distance, 0);
    let row = 0;
    while (row < length - 1 && left >= squared[row]!) left -= squared[row++]!;
    const drawn = Float64Array.from(values.subarray(row * cells, (row + 1) * cells));
    centroids.set(drawn, j * cells);
    if (j === 0) squared.fill(Number.POSITIVE_INFINITY);
    const parts = await pool.assign(chunksOf(length, drawn, false));
    const distances = concat(parts, (part) => part.squared, new Float64Array(length));
    for (let i = 0; i < length; i++) squared[i] = Math.min(squared[i]!, distances[i]!);
  }
  return centroids;
}
