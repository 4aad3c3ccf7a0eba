import { silhouette } from '../cluster/silhouette.js';
import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import { takeRows } from '../numeric/take-rows.js';
import type { FittedScale } from '../series/fitted-scale.js';
import { isInformative } from '../window/is-informative.js';
import { activeUnits } from './active-units.js';
import type { HeldOutMetrics } from './gate.js';
import type { LoadedModel } from './loaded-model.js';

/**
 * Measures a model on held-out rows. Errors are taken in the units of `units`, so that two models with scales of their
 * own can be held against each other.
 *
 * @param units scale whose units count; null where every window is scaled by itself and all models share the units
 * @param embeddings of all rows by this model
 * @param membership centroid of each row
 * @param rows the held-out ones
 */
export async function measureHeldOut(
  { encoder, scale }: Pick<LoadedModel, 'encoder' | 'scale'>,
  units: FittedScale | null,
  embeddings: EmbeddingBatch,
  membership: Uint16Array,
  rows: Uint32Array,
): Promise<HeldOutMetrics> {
  const { embeddingSize, latents } = embeddings;
  const vectors = takeRows(embeddings.embeddings, embeddingSize, rows);
  const members = Uint16Array.from(rows, (row) => membership[row]!);
  const heldOutLatents = latents && takeRows(latents.values, latents.latentSize, rows);
  return {
    silhouette: silhouette(vectors, embeddingSize, members),
    activeUnits: heldOutLatents && latents && activeUnits(heldOutLatents, latents.latentSize),
    reconstructionError:
      heldOutLatents && latents && encoder.reconstruct
        ? meanError(
            embeddings,
            await encoder.reconstruct({ length: rows.length, latentSize: latents.latentSize, values: heldOutLatents }),
            rows,
            (channel) => (units === null || scale === undefined ? 1 : scale.scales[channel]! / units.scales[channel]!),
          )
        : undefined,
  };
}

/** Mean over rows of the mean squared error over a row's informative cells. */
function meanError(
  { series }: EmbeddingBatch,
  reconstructed: Float32Array,
  rows: Uint32Array,
  unitOf: (channel: number) => number,
): number {
  const { channels } = series;
  const cells = series.steps * channels;
  const factors = Float64Array.from({ length: channels }, (_, channel) => unitOf(channel) ** 2);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    let sum = 0;
    let informative = 0;
    for (let cell = 0, at = rows[i]! * cells; cell < cells; cell++, at++) {
      if (!isInformative(series.mask[at]!)) continue;
      informative++;
      sum += (reconstructed[i * cells + cell]! - series.values[at]!) ** 2 * factors[cell % channels]!;
    }
    if (informative > 0) total += sum / informative;
  }
  return rows.length === 0 ? 0 : total / rows.length;
}
