import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { Abortable } from '../numeric/abortable.js';
import { prepareSeries } from '../series/prepare-series.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { LoadedModel } from './loaded-model.js';

/** Windows in a model's embedding: prepared and scaled as the model asks for, and encoded. */
export async function embedWindows(
  { encoder, settings, scale }: Pick<LoadedModel, 'encoder' | 'settings' | 'scale'>,
  windows: WindowBatch,
  signal?: Abortable,
): Promise<EmbeddingBatch> {
  return encoder.encode(prepareSeries(settings, scale, windows), signal);
}
