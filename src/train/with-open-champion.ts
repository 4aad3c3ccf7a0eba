import { openEncoderWith } from '../encode/plugin-encoders.js';
import { decodeArtifact } from './encode-artifact.js';
import { type LoadedModel, loadModel } from './loaded-model.js';
import type { Champion, ModelSettings } from './training-job.js';

/**
 * Makes a model ready for some work, with its centroids as they are by now, and frees its encoder when that is done.
 *
 * @returns what the work gives
 * @throws SegtideError `state` when the model was fitted under other settings
 */
export async function withOpenChampion<T>(
  { artifact, clusterModel }: Champion,
  { series, seriesHash, encoder: { engine, plugins } }: ModelSettings,
  work: (model: LoadedModel) => Promise<T>,
): Promise<T> {
  const loaded = loadModel(decodeArtifact(artifact), series, seriesHash, engine, openEncoderWith(plugins));
  try {
    return await work({ ...loaded, cluster: clusterModel });
  } finally {
    loaded.encoder.dispose?.();
  }
}
