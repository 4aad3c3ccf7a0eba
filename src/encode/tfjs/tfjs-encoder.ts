import type { Encoder } from '../encoder.js';
import type { TfjsFileModel } from '../encoder-model.js';
import { createFileEncoder, fileFailed } from '../file-encoder.js';
import type { TfjsRuntime } from './load-tfjs-runtime.js';
import { openTfjs } from './open-tfjs.js';

/**
 * Makes an encoder of a TensorFlow model.
 *
 * @throws SegtideError `encoder` when the runtime can't open it
 */
export async function createTfjsEncoder(model: TfjsFileModel, version: string, runtime: TfjsRuntime): Promise<Encoder> {
  const session = await openTfjs(model.file, model.layer, runtime).catch((cause: unknown) => {
    throw fileFailed("can't be opened", cause);
  });
  return createFileEncoder(model, version, session);
}
