import type { Abortable } from '../../numeric/abortable.js';
import { addOuterProducts } from '../../numeric/matrix.js';
import { principalComponents } from '../../numeric/principal-components.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import { type Partition, toPartition } from './partition.js';
import { pause } from './pause.js';
import { type SeriesRows, standardiseRows } from './series-rows.js';
import { createShapeMatcher } from './shape-matcher.js';

export interface KShapeOptions {
  readonly seed: number;
  /** Independent starts, of which that of least inertia wins. @default 10 */
  readonly starts?: number | undefined;
  readonly signal?: Abortable | undefined;
}

const MOST_ITERATIONS = 100;
/** Part of the inertia that an iteration must gain. */
const LEAST_GAIN = 1e-6;

/** Clusters by shape, and the shape of each. */
export interface ShapePartition extends Partition {
  readonly centroids: Float64Array; // (k, steps, channels)
  /** Shape-based distance of each row to its cluster's. */
  readonly distances: Float64Array; // (length)
}

interface Fit {
  readonly nearest: Uint32Array;
  readonly distances: Float64Array;
  readonly centroids: Float64Array;
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * k-Shape (Paparrizos and Gravano, 2015): clusters series by their shape, whatever its height, level and shift in time.
 * `facts.inertia` is the sum of the shape-based distances.
 */
export async function kShape(
  rows: SeriesRows,
  k: number,
  { seed, starts = 10, signal }: KShapeOptions,
): Promise<ShapePartition> {
  const standard = { ...rows, values: standardiseRows(rows) };
  const random = createRandom(seed);
  let best: Fit | undefined;
  for (let start = 0; start < starts; start++) {
    const all = Uint32Array.from({ length: rows.length }, (_, i) => i);
    const fit = await fitShapes(standard, sample(all, k, random), signal);
    if (best === undefined || fit.inertia < best.inertia) best = fit;
  }
  const { nearest, inertia, iterations, converged, centroids, distances } = best!;
  const partition = toPartition(nearest, { inertia, iterations, converged });
  const cells = rows.steps * rows.channels;
  const ordered = new Float64Array(partition.k * cells);
  for (const [to, from] of partition.from.entries()) {
    ordered.set(centroids.subarray(from * cells, (from + 1) * cells), to * cells);
  }
  return { ...partition, centroids: ordered, distances };
}

async function fitShapes(rows: SeriesRows, first: Uint32Array, signal: Abortable | undefined): Promise<Fit> {
  const { length, steps, channels, values } = rows;
  const cells = steps * channels;
  const k = first.length;
  const centroids = new Float64Array(k * cells);
  for (const [j, row] of first.entries()) centroids.set(values.subarray(row * cells, (row + 1) * cells), j * cells);
  const state = {
    nearest: new Uint32Array(length),
    distances: new Float64Array(length),
    shifts: new Int32Array(length),
  };
  let best: Pick<Fit, 'nearest' | 'distances' | 'centroids' | 'inertia'> | undefined;
  let iterations = 0;
  for (; iterations < MOST_ITERATIONS; iterations++) {
    await nearestShapes(rows, centroids, state, signal);
    const inertia = state.distances.reduce((sum, distance) => sum + distance, 0);
    // The same clusters may still come closer to their shapes: members are shifted to the shape before.
    if (best !== undefined && inertia >= best.inertia * (1 - LEAST_GAIN)) break;
    best = {
      nearest: state.nearest.slice(),
      distances: state.distances.slice(),
      centroids: centroids.slice(),
      inertia,
    };
    shiftMoved(rows, centroids, state, fillEmpty(state.nearest, state.distances, k));
    for (let j = 0; j < k; j++) {
      await pause(signal);
      const members = Uint32Array.from(state.nearest.keys()).filter((row) => state.nearest[row] === j);
      await extractShape(rows, members, state.shifts, centroids.subarray(j * cells, (j + 1) * cells));
    }
  }
  return { ...best!, iterations, converged: iterations < MOST_ITERATIONS };
}

/** Rows between two stops. */
const PART = 64;

/** For each row its nearest cluster, how far it is, and by how many steps it must be shifted to be so near. */
interface Nearest extends Pick<Fit, 'nearest' | 'distances'> {
  readonly shifts: Int32Array; // (length)
}

async function nearestShapes(
  { length, steps, channels, values }: SeriesRows,
  centroids: Float64Array,
  { nearest, distances, shifts }: Nearest,
  signal: Abortable | undefined,
): Promise<void> {
  const cells = steps * channels;
  const k = centroids.length / cells;
  const matcher = createShapeMatcher(centroids, steps, channels);
  for (let row = 0; row < length; row++) {
    if (row % PART === 0) await pause(signal);
    distances[row] = Number.POSITIVE_INFINITY;
    matcher.load(values, row * cells);
    for (let j = 0; j < k; j++) {
      const { distance, shift } = matcher.match(j);
      if (distance >= distances[row]!) continue;
      nearest[row] = j;
      distances[row] = distance;
      shifts[row] = shift;
    }
  }
}

/** Shifts rows that were moved to where they are now. */
function shiftMoved(
  { steps, channels, values }: SeriesRows,
  centroids: Float64Array,
  { nearest, shifts }: Nearest,
  moved: readonly number[],
): void {
  if (moved.length === 0) return;
  const matcher = createShapeMatcher(centroids, steps, channels);
  for (const row of moved) {
    matcher.load(values, row * steps * channels);
    shifts[row] = matcher.match(nearest[row]!).shift;
  }
}

/** A cluster that lost all its rows takes the one that fits worst where it is; tells which were moved. */
function fillEmpty(nearest: Uint32Array, distances: Float64Array, k: number): readonly number[] {
  const moved: number[] = [];
  const sizes = new Uint32Array(k);
  for (const cluster of nearest) sizes[cluster]! += 1;
  for (let j = 0; j < k; j++) {
    if (sizes[j]! > 0) continue;
    let worst = -1;
    for (let row = 0; row < nearest.length; row++) {
      if (sizes[nearest[row]!]! > 1 && (worst < 0 || distances[row]! > distances[worst]!)) worst = row;
    }
    if (worst < 0) break;
    sizes[nearest[worst]!]! -= 1;
    nearest[worst] = j;
    sizes[j] = 1;
    distances[worst] = 0;
    moved.push(worst);
  }
  return moved;
}

/**
 * The shape that is most alike its members once they are shifted to the one before: channel by channel the leading
 * eigenvector of their centred scatter, at mean 0 and standard deviation 1.
 */
async function extractShape(
  { steps, channels, values }: SeriesRows,
  members: Uint32Array,
  shifts: Int32Array,
  centroid: Float64Array,
): Promise<void> {
  const cells = steps * channels;
  const aligned = new Float64Array(members.length * cells);
  for (const [i, row] of members.entries()) {
    const shift = shifts[row]!;
    for (let step = Math.max(0, -shift); step < Math.min(steps, steps - shift); step++) {
      for (let channel = 0; channel < channels; channel++) {
        aligned[i * cells + (step + shift) * channels + channel] = values[row * cells + step * channels + channel]!;
      }
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    const shape = await leadingShape(aligned, members.length, { steps, channels, channel });
    for (let step = 0; step < steps; step++) centroid[step * channels + channel] = shape[step]!;
  }
}

async function leadingShape(
  aligned: Float64Array,
  count: number,
  { steps, channels, channel }: { readonly steps: number; readonly channels: number; readonly channel: number },
): Promise<Float64Array> {
  const own = new Float64Array(count * steps);
  for (let at = 0; at < own.length; at++) own[at] = aligned[at * channels + channel]!;
  const scatter = new Float64Array(steps * steps);
  addOuterProducts(own, own, scatter, count, steps, steps);
  const mean = new Float64Array(steps);
  for (let at = 0; at < own.length; ) for (let step = 0; step < steps; step++, at++) mean[step]! += own[at]!;
  center(scatter, steps);
  const { count: found, vectors } = await principalComponents(scatter, steps, { leastShare: 0, most: 1 });
  if (found === 0) return new Float64Array(steps);
  const shape = vectors.slice(0, steps);
  // The sign is free: the members say which way is up.
  let agreement = 0;
  for (let step = 0; step < steps; step++) agreement += shape[step]! * mean[step]!;
  if (agreement < 0) for (let step = 0; step < steps; step++) shape[step] = -shape[step]!;
  standardise(shape);
  return shape;
}

function standardise(row: Float64Array): void {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length);
  for (let i = 0; i < row.length; i++) row[i] = deviation > 1e-12 ? (row[i]! - mean) / deviation : 0;
}

/** Q S Q with Q = I - 1/n: rows and columns about their means. */
function center(matrix: Float64Array, size: number): void {
  const means = new Float64Array(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) means[i]! += matrix[i * size + j]! / size;
  const total = means.reduce((sum, mean) => sum + mean, 0) / size;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) matrix[i * size + j]! += total - means[i]! - means[j]!;
  }
}
