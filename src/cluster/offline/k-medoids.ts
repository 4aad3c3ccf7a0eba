import type { Abortable } from '../../numeric/abortable.js';
import { type Partition, toPartition } from './partition.js';
import { pause } from './pause.js';
import { type Points, squaredDistance } from './points.js';

/** Rows between two stops. */
const PART = 256;
const MOST_PASSES = 100;

/** Clusters about rows of their own, and those rows. */
export interface MedoidPartition extends Partition {
  /** The row in the middle of each cluster. */
  readonly medoids: Uint32Array; // (k)
}

/**
 * k-medoids: rows chosen as centres so that the sum of distances to the nearest of them is least. The greedy start of PAM
 * (Kaufman and Rousseeuw, 1990), then swaps as FasterPAM makes them (Schubert and Rousseeuw, 2021), each as soon as it
 * gains. n² distances in memory.
 */
export async function kMedoids(points: Points, k: number, signal?: Abortable): Promise<MedoidPartition> {
  const { length } = points;
  const distances = await distanceTable(points, signal);
  const medoids = buildMedoids(distances, length, k);
  const state = assignMedoids(distances, length, medoids);
  let passes = 0;
  for (let since = 0; since < length && passes < MOST_PASSES; passes++) {
    for (let row = 0; row < length && since < length; row++) {
      if (row % PART === 0) await pause(signal);
      since = swapGaining(distances, length, medoids, state, row) ? 0 : since + 1;
    }
  }
  let loss = 0;
  for (let i = 0; i < length; i++) loss += distances[i * length + medoids[state.nearest[i]!]!]!;
  const partition = toPartition(state.nearest, { loss, iterations: passes, converged: passes < MOST_PASSES });
  return { ...partition, medoids: Uint32Array.from(partition.from, (cluster) => medoids[cluster]!) };
}

async function distanceTable(points: Points, signal: Abortable | undefined): Promise<Float32Array> {
  const { length } = points;
  const distances = new Float32Array(length * length);
  for (let i = 0; i < length; i++) {
    if (i % PART === 0) await pause(signal);
    for (let j = 0; j < i; j++) {
      const distance = Math.sqrt(squaredDistance(points, i, j));
      distances[i * length + j] = distance;
      distances[j * length + i] = distance;
    }
  }
  return distances;
}

/** Takes one row after the other that lessens the loss most. */
function buildMedoids(distances: Float32Array, length: number, k: number): Uint32Array {
  const medoids = new Uint32Array(k);
  const nearest = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  for (let c = 0; c < k; c++) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < length; row++) {
      let loss = 0;
      for (let i = 0; i < length; i++) loss += Math.min(nearest[i]!, distances[row * length + i]!);
      // A medoid again would lessen nothing; its place is taken by the first row that is none.
      if (loss < least && !medoids.subarray(0, c).includes(row)) {
        least = loss;
        best = row;
      }
    }
    medoids[c] = best;
    for (let i = 0; i < length; i++) nearest[i] = Math.min(nearest[i]!, distances[best * length + i]!);
  }
  return medoids;
}

/** Of each row its nearest and second nearest medoid, by their place in the list; the second is the first where k is 1. */
interface MedoidState {
  readonly nearest: Uint16Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function assignMedoids(distances: Float32Array, length: number, medoids: Uint32Array): MedoidState {
  const nearest = new Uint16Array(length);
  const first = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const second = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const state = { nearest, first, second };
  update(distances, length, medoids, state);
  return state;
}

function update(distances: Float32Array, length: number, medoids: Uint32Array, state: MedoidState): void {
  const { nearest, first, second } = state;
  first.fill(Number.POSITIVE_INFINITY);
  second.fill(Number.POSITIVE_INFINITY);
  for (let c = 0; c < medoids.length; c++) {
    const offset = medoids[c]! * length;
    for (let i = 0; i < length; i++) {
      // A medoid belongs to itself, also where another lies on it.
      const distance = i === medoids[c] ? -1 : distances[offset + i]!;
      if (distance < first[i]!) {
        second[i] = first[i]!;
        first[i] = distance;
        nearest[i] = c;
      } else if (distance < second[i]!) second[i] = distance;
    }
  }
  for (let i = 0; i < length; i++) first[i] = Math.max(0, first[i]!);
}

/** Puts a row in the place of the medoid by which most is gained, if anything is. */
function swapGaining(
  distances: Float32Array,
  length: number,
  medoids: Uint32Array,
  state: MedoidState,
  row: number,
): boolean {
  if (medoids.includes(row)) return false;
  const { nearest, first, second } = state;
  const k = medoids.length;
  // What the loss changes by when the row comes and medoid c goes: a part for all c, and one for each.
  const changes = new Float64Array(k);
  let common = 0;
  for (let i = 0; i < length; i++) {
    const distance = distances[row * length + i]!;
    if (distance < first[i]!) common += distance - first[i]!;
    else changes[nearest[i]!]! += Math.min(distance, second[i]!) - first[i]!;
  }
  let best = 0;
  for (let c = 1; c < k; c++) if (changes[c]! < changes[best]!) best = c;
  // Rounding is no gain: else two rows could swap for ever.
  if (common + changes[best]! >= -LEAST_GAIN * first.reduce((sum, distance) => sum + distance, 0)) return false;
  medoids[best] = row;
  update(distances, length, medoids, state);
  return true;
}

const LEAST_GAIN = 1e-9;
