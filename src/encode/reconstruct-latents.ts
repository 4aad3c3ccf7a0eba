import { setImmediate } from 'node:timers/promises';
import { SegtideError } from '../errors.js';
import type { Latents } from './embedding-batch.js';

/** Windows that are decoded at once; in between, the event loop gets its turn. */
const CHUNK_ROWS = 256;

/** A decoder of latents, and what it takes and gives. */
export interface LatentDecoder {
  readonly latent: number;
  /** Steps × channels of a window. */
  readonly cells: number;
  /** Writes windows, (rows, cells), of latents, (rows, latent). */
  decode(latents: Float32Array, rows: number, windows: Float32Array): void;
}

/**
 * @returns (length, cells)
 * @throws SegtideError `encoder` when there are more or fewer latents than the decoder takes
 */
export async function reconstructLatents(
  { length, latentSize, values }: Latents,
  { latent, cells, decode }: LatentDecoder,
): Promise<Float32Array> {
  if (latentSize !== latent) {
    throw new SegtideError('encoder', `This encoder has ${latent} latents, got ${latentSize}.`);
  }
  const series = new Float32Array(length * cells);
  for (let from = 0; from < length; from += CHUNK_ROWS) {
    if (from > 0) await setImmediate();
    const rows = Math.min(CHUNK_ROWS, length - from);
    const given = values.subarray(from * latent, (from + rows) * latent);
    decode(given, rows, series.subarray(from * cells, (from + rows) * cells));
  }
  return series;
}
