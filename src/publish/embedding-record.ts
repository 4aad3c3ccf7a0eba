import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import { mapRows } from '../numeric/affine-map.js';
import type { Alignment } from '../train/alignment.js';
import { shortFloat } from './short-float.js';

/** The vector of one customer in one window. Fields, units and order as in `EMBEDDING_SCHEMA`. */
export interface EmbeddingRecord {
  readonly customerId: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly revision: number;
  readonly final: boolean;
  readonly modelVersion: string;
  readonly vector: readonly number[] | null; // (embeddingSize)
  readonly alignedVector: readonly number[] | null; // (size of the space of `alignedTo`)
  readonly alignedTo: string | null;
  readonly alignmentResidual: number | null;
}

/**
 * Makes one record of each window, in their order.
 *
 * @param alignment how the model's vectors are mapped; undefined where they are not
 */
export function toEmbeddingRecords(
  { series: { windows }, length, embeddingSize, embeddings }: EmbeddingBatch,
  modelVersion: string,
  alignment?: Alignment | undefined,
): EmbeddingRecord[] {
  const aligned = alignment && mapRows(alignment.map, embeddings);
  const records: EmbeddingRecord[] = [];
  for (let i = 0; i < length; i++) {
    records.push({
      customerId: windows.ids.text(windows.customers[i]!),
      windowStart: windows.starts[i]!,
      windowEnd: windows.ends[i]!,
      revision: windows.revisions[i]!,
      final: windows.finals[i] === 1,
      modelVersion,
      vector: toVector(embeddings, i, embeddingSize),
      alignedVector: alignment && aligned ? toVector(aligned, i, alignment.map.outputs) : null,
      alignedTo: alignment?.to ?? null,
      alignmentResidual: alignment?.residual ?? null,
    });
  }
  return records;
}

/** A vector with a hole is of no use: it is null as a whole. */
function toVector(rows: Float32Array, i: number, size: number): number[] | null {
  const row = rows.subarray(i * size, (i + 1) * size);
  return row.every(Number.isFinite) ? Array.from(row, shortFloat) : null;
}
