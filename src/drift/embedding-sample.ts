import { takeRows } from '../numeric/take-rows.js';

/**
 * A sample of embeddings drawn by hash: the same windows whatever order they came in and however they were cut into
 * batches. Plain data.
 */
export interface EmbeddingSample {
  readonly size: number;
  /** Draws in (0, 1), ascending; the smallest stay. */
  readonly keys: Float64Array; // (n)
  /** Segment of each, as a row of the centroids. */
  readonly segments: Uint16Array; // (n)
  readonly embeddings: Float32Array; // (n, size)
}

/** Most embeddings of a sample: with twice as many MMD takes four times as long, and a lesson twice the room. */
export const EMBEDDING_SAMPLE = 256;

export function emptySample(size: number): EmbeddingSample {
  return { size, keys: new Float64Array(0), segments: new Uint16Array(0), embeddings: new Float32Array(0) };
}

/** The sample of both sets of windows together: the smallest keys of either. */
export function mergeSamples(a: EmbeddingSample, b: EmbeddingSample): EmbeddingSample {
  if (b.keys.length === 0) return a;
  const { size } = a;
  const n = Math.min(EMBEDDING_SAMPLE, a.keys.length + b.keys.length);
  const merged = {
    size,
    keys: new Float64Array(n),
    segments: new Uint16Array(n),
    embeddings: new Float32Array(n * size),
  };
  for (let i = 0, j = 0; i + j < n; ) {
    const at = i + j;
    const isFirst = !((b.keys[j] ?? 1) < (a.keys[i] ?? 1));
    const from = isFirst ? a : b;
    const row = isFirst ? i++ : j++;
    merged.keys[at] = from.keys[row]!;
    merged.segments[at] = from.segments[row]!;
    merged.embeddings.set(from.embeddings.subarray(row * size, (row + 1) * size), at * size);
  }
  return merged;
}

/**
 * The sample of some rows of a batch.
 *
 * @param rows rows that count
 * @param keys draw of each of them
 * @param segments of every row of the batch
 * @param embeddings of every row of the batch, (batch, size)
 */
export function sampleOf(
  rows: readonly number[],
  keys: Float64Array,
  segments: Uint16Array,
  embeddings: Float32Array,
  size: number,
): EmbeddingSample {
  const order = Uint32Array.from(rows.keys()).sort((a, b) => keys[a]! - keys[b]!);
  const kept = order.subarray(0, EMBEDDING_SAMPLE);
  const keptRows = kept.map((i) => rows[i]!);
  return {
    size,
    keys: Float64Array.from(kept, (i) => keys[i]!),
    segments: Uint16Array.from(keptRows, (row) => segments[row]!),
    embeddings: takeRows(embeddings, size, keptRows),
  };
}
