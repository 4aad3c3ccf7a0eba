import { setImmediate } from 'node:timers/promises';
import { type Abortable, throwIfAborted } from '../numeric/abortable.js';
import { createRandom } from '../numeric/random.js';
import { NO_CENTROID } from './refit-centroids.js';

export interface SilhouetteOptions {
  /** Rows whose silhouette is averaged, drawn by the seed. @default 1_000 */
  readonly sample?: number;
  /** Any integer. @default 0 */
  readonly seed?: number;
}

/**
 * Mean silhouette (Rousseeuw, 1987) of a sample of rows against each other: (b - a) / max(a, b) with a the mean
 * distance to the rows of the own cluster and b that to the nearest other cluster. In [-1, 1]; 0 with fewer than two
 * clusters, and 0 for a row that is alone in its cluster. Costs sample² distances.
 *
 * @param embeddings (rows, size)
 * @param membership cluster of each row; rows of `NO_CENTROID` are left out
 */
export function silhouette(
  embeddings: Float32Array,
  size: number,
  membership: Uint16Array,
  options: SilhouetteOptions = {},
): number {
  const parts = average(embeddings, size, membership, options);
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
  }
}

/**
 * The same, between the parts of which the event loop runs and a stop is heard.
 *
 * @throws SegtideError `aborted` on request
 */
export async function silhouetteInParts(
  embeddings: Float32Array,
  size: number,
  membership: Uint16Array,
  { signal, ...options }: SilhouetteOptions & { readonly signal?: Abortable | undefined },
): Promise<number> {
  const parts = average(embeddings, size, membership, options);
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
    await setImmediate();
    throwIfAborted(signal, 'The silhouette');
  }
}

/** Distances between two stops; some 30 ms. */
const PART = 1_000_000;

function* average(
  embeddings: Float32Array,
  size: number,
  membership: Uint16Array,
  options: SilhouetteOptions,
): Generator<undefined, number> {
  const rows = draw(membership, options.sample ?? 1_000, options.seed ?? 0);
  let k = 0;
  for (const row of rows) k = Math.max(k, membership[row]! + 1);
  const sizes = new Float64Array(k);
  for (const row of rows) sizes[membership[row]!]! += 1;
  if (sizes.filter((n) => n > 0).length < 2) return 0;

  const away = new Float64Array(k);
  let total = 0;
  for (let i = 0, since = 0; i < rows.length; i++, since += rows.length) {
    if (since > PART) {
      since = 0;
      yield;
    }
    const row = rows[i]!;
    sumDistances(embeddings, size, membership, rows, row, away);
    const own = membership[row]!;
    if (sizes[own] === 1) continue;
    const a = away[own]! / (sizes[own]! - 1);
    let b = Number.POSITIVE_INFINITY;
    for (let j = 0; j < k; j++) if (j !== own && sizes[j]! > 0) b = Math.min(b, away[j]! / sizes[j]!);
    const larger = Math.max(a, b);
    total += larger === 0 ? 0 : (b - a) / larger;
  }
  return total / rows.length;
}

/** Sums the distances from one row to all, by their clusters. */
function sumDistances(
  embeddings: Float32Array,
  size: number,
  membership: Uint16Array,
  rows: Uint32Array,
  row: number,
  away: Float64Array,
): void {
  away.fill(0);
  for (const other of rows) {
    let squared = 0;
    for (let m = 0; m < size; m++) {
      const d = embeddings[row * size + m]! - embeddings[other * size + m]!;
      squared += d * d;
    }
    away[membership[other]!]! += Math.sqrt(squared);
  }
}

function draw(membership: Uint16Array, most: number, seed: number): Uint32Array {
  const rows = Uint32Array.from({ length: membership.length }, (_, i) => i).filter(
    (i) => membership[i] !== NO_CENTROID,
  );
  if (rows.length <= most) return rows;
  const random = createRandom(seed);
  for (let i = 0; i < most; i++) {
    const j = i + random.below(rows.length - i);
    const row = rows[i]!;
    rows[i] = rows[j]!;
    rows[j] = row;
  }
  return rows.subarray(0, most);
}
