import { assign } from '../../cluster/assign.js';
import { toMembership } from '../../cluster/to-membership.js';
import type { EmbeddingBatch } from '../../encode/embedding-batch.js';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import type { WindowBatch } from '../../window/window-batch.js';
import { embedWindows } from '../embed-windows.js';
import { decodeArtifact } from '../encode-artifact.js';
import { type LoadedModel, loadModel } from '../loaded-model.js';
import type { ModelArtifact } from '../model-artifact.js';
import type { Champion, ModelSettings } from '../training-job.js';

/** The model in force, and what it says of the windows of a training. */
export interface Incumbent {
  /** With its centroids as they are by now. */
  readonly model: LoadedModel;
  /** As it was trained. */
  readonly artifact: ModelArtifact;
  readonly embeddings: EmbeddingBatch;
  /** Centroid of each window; `NO_CENTROID` where it has none. */
  readonly membership: Uint16Array; // (rows)
}

/** @throws SegtideError `state` when the champion was fitted under other settings */
export async function openIncumbent(
  champion: Champion,
  { series, seriesHash, encoder: { engine } }: ModelSettings,
  windows: WindowBatch,
  open: OpenEncoder,
): Promise<Incumbent> {
  const artifact = decodeArtifact(champion.artifact);
  const loaded = loadModel(artifact, series, seriesHash, engine, open);
  const model = { ...loaded, cluster: champion.clusterModel };
  return { model, artifact, ...(await groupBy(model, windows)) };
}

/** Windows in a model's embedding, and by its segments. */
export async function groupBy(
  model: LoadedModel,
  windows: WindowBatch,
): Promise<Pick<Incumbent, 'embeddings' | 'membership'>> {
  const embeddings = await embedWindows(model, windows);
  return { embeddings, membership: toMembership(assign(model.cluster, embeddings)) };
}
