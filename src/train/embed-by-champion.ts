import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import { prepareSeries } from '../series/prepare-series.js';
import type { WindowBatch } from '../window/window-batch.js';
import { decodeArtifact } from './encode-artifact.js';
import { openModel } from './loaded-model.js';
import type { Champion, ModelSettings } from './training-job.js';

/** Windows as the encoder of the model in force sees them. */
export async function embedByChampion(
  { artifact }: Champion,
  { encoder: { engine } }: Pick<ModelSettings, 'encoder'>,
  windows: WindowBatch,
): Promise<EmbeddingBatch> {
  const { encoder, settings, scale } = openModel(decodeArtifact(artifact), engine);
  try {
    return await encoder.encode(prepareSeries(settings, scale, windows));
  } finally {
    encoder.dispose?.();
  }
}
