import { SegtideError } from '../../errors.js';
import { readModel } from '../../model-file.js';
import { type AdoptedModel, adoptModel } from '../../train/adopt-model.js';
import type { ModelSettings } from '../../train/training-job.js';

/**
 * Reads the model that a run is to start with.
 *
 * @throws SegtideError `input` when there is no such file; `state` when it is no model, or one for other windows or series
 */
export async function readInitialModel(path: string, settings: ModelSettings): Promise<AdoptedModel> {
  const model = await readModel(path);
  try {
    return adoptModel(model, settings);
  } catch (cause) {
    if (!(cause instanceof SegtideError)) throw cause;
    throw new SegtideError(cause.code, `${path}: ${cause.message}`, { cause, context: { path } });
  }
}
