import { readFile } from 'node:fs/promises';
import { SegtideError } from './errors.js';
import { checkModel } from './train/check-model.js';
import { decodeArtifact, encodeArtifact } from './train/encode-artifact.js';
import type { ModelArtifact } from './train/model-artifact.js';
import { toInputError } from './transport/file/file-error.js';
import { writeWholeFile } from './transport/file/write-whole-file.js';

/**
 * Writes a model version into one file: a safetensors file with everything else in its metadata (docs/models.md). The
 * file is there whole or not at all.
 *
 * @throws SegtideError `output` when it can't be written
 */
export async function saveModel(path: string, model: ModelArtifact): Promise<void> {
  await writeWholeFile(path, encodeArtifact(model));
}

/**
 * Reads what `saveModel` wrote.
 *
 * @throws SegtideError `input` when there is no such file; `state` when it is cut off, damaged, of a later format, no
 * model at all, or one whose parts do not fit together
 */
export async function readModel(path: string): Promise<ModelArtifact> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const isFolder = (cause as NodeJS.ErrnoException).code === 'EISDIR';
    throw toInputError(isFolder ? new Error('it is a folder; name the model file in it', { cause }) : cause, path);
  });
  try {
    const model = decodeArtifact(bytes);
    checkModel(model);
    return model;
  } catch (cause) {
    if (!(cause instanceof SegtideError)) throw cause;
    throw new SegtideError(cause.code, `${path}: ${cause.message}`, { cause, context: { path } });
  }
}
