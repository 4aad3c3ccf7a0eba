import type { ErrorCode } from '../../errors.js';
import type { EncoderModel } from '../encoder-model.js';
import type { VraeEngine } from '../vrae/vrae-options.js';

/** What a thread is told, in order. */
export type EncodeOrder =
  | {
      readonly kind: 'open';
      readonly encoder: number;
      readonly model: EncoderModel;
      readonly version: string;
      readonly engine: VraeEngine;
    }
  | { readonly kind: 'close'; readonly encoder: number }
  | {
      readonly kind: 'encode';
      readonly encoder: number;
      readonly job: number;
      readonly shape: ChunkShape;
      readonly buffer: SharedArrayBuffer;
    };

/** What a thread answers to a chunk: its results are in the buffer, or there are none. */
export interface EncodeOutcome {
  readonly job: number;
  readonly failure?: { readonly code: ErrorCode; readonly text: string };
}

/** A chunk of series: what both threads must agree on to find its columns. */
export interface ChunkShape {
  readonly rows: number;
  readonly steps: number;
  readonly channels: number;
  readonly embeddingSize: number;
  readonly latentSize: number;
}

/** The columns of a chunk, as views on one shared buffer. */
export interface ChunkColumns {
  readonly values: Float32Array; // (rows, steps, channels)
  readonly embeddings: Float32Array; // (rows, embeddingSize)
  readonly latents: Float32Array; // (rows, latentSize)
  readonly reconstructionErrors: Float32Array; // (rows)
  readonly landmarkDistances: Float32Array; // (rows)
  readonly mask: Uint8Array; // (rows, steps, channels)
}

/** Bytes that the columns take. */
export function chunkBytes({ rows, steps, channels, embeddingSize, latentSize }: ChunkShape): number {
  return rows * (5 * steps * channels + 4 * embeddingSize + 4 * latentSize + 8);
}

/** Lays the columns over a buffer of at least `chunkBytes`. */
export function toChunkColumns(buffer: SharedArrayBuffer, shape: ChunkShape): ChunkColumns {
  const { rows, embeddingSize, latentSize } = shape;
  const cells = rows * shape.steps * shape.channels;
  const afterValues = 4 * cells;
  const afterEmbeddings = afterValues + 4 * rows * embeddingSize;
  const afterLatents = afterEmbeddings + 4 * rows * latentSize;
  return {
    values: new Float32Array(buffer, 0, cells),
    embeddings: new Float32Array(buffer, afterValues, rows * embeddingSize),
    latents: new Float32Array(buffer, afterEmbeddings, rows * latentSize),
    reconstructionErrors: new Float32Array(buffer, afterLatents, rows),
    landmarkDistances: new Float32Array(buffer, afterLatents + 4 * rows, rows),
    mask: new Uint8Array(buffer, afterLatents + 8 * rows, cells),
  };
}
