import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { Encoder } from '../encode/encoder.js';
import { restoreValues } from '../series/restore-values.js';
import type { SeriesSettings } from '../series/series-settings.js';

/**
 * What the decoder makes of the mean latents of each segment's members, in the windows' units; where each window is scaled
 * by itself, by the mean of the members' scales.
 *
 * @returns (steps, channels) for each centroid; undefined for one without members, and for all where the encoder has no
 * decoder, or series do not have the windows' steps
 */
export async function decodePrototypes(
  encoder: Encoder,
  settings: SeriesSettings,
  { model, embeddings, nearest, distances }: AssignmentBatch,
): Promise<readonly (Float32Array | undefined)[]> {
  const { latents, series } = embeddings;
  const { k } = model;
  const { steps, channels } = series;
  if (encoder.reconstruct === undefined || latents === undefined || steps !== series.windows.steps) {
    return new Array(k).fill(undefined);
  }
  const { latentSize, values } = latents;
  const counts = new Float64Array(k);
  const means = new Float64Array(k * latentSize);
  const centers = new Float64Array(k * channels);
  const scales = new Float64Array(k * channels);
  const add = (into: Float64Array, j: number, from: Float32Array, row: number, size: number): void => {
    for (let m = 0; m < size; m++) into[j * size + m]! += from[row * size + m]!;
  };
  for (let row = 0; row < embeddings.length; row++) {
    if (Number.isNaN(distances[row]!)) continue;
    const j = nearest[row]!;
    counts[j]! += 1;
    add(means, j, values, row, latentSize);
    add(centers, j, series.centers, row, channels);
    add(scales, j, series.scales, row, channels);
  }
  const perMember = (sums: Float64Array, size: number): Float32Array =>
    Float32Array.from(sums, (sum, at) => sum / Math.max(1, counts[Math.floor(at / size)]!));
  const scaled = await encoder.reconstruct({ length: k, latentSize, values: perMember(means, latentSize) });
  const restored = restoreValues(settings, scaled, perMember(centers, channels), perMember(scales, channels));
  const cells = steps * channels;
  return Array.from(counts, (count, j) => (count === 0 ? undefined : restored.slice(j * cells, (j + 1) * cells)));
}
