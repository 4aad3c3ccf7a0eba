import { sha256Of } from './numeric/sha256-of.js';
import type { ModelArtifact } from './train/model-artifact.js';
import type { OnnxManifest } from './train/onnx/onnx-manifest.js';
import { type OnnxOptions, toOnnx } from './train/onnx/to-onnx.js';
import { writeWholeFile } from './transport/file/write-whole-file.js';

/** What lies beside an ONNX file: its manifest, and by what to tell that the file is whole. */
export interface OnnxFileManifest extends OnnxManifest {
  /** SHA-256 of the ONNX file, in hex digits. */
  readonly sha256: string;
}

/**
 * Writes a model as an ONNX file, and its manifest as JSON beside it, under the same name with `.json` after it
 * (docs/models.md). Each file is there whole or not at all; the manifest, which comes last, tells whether both are.
 *
 * @throws SegtideError `config` when the model has a view that ONNX can not express; `output` when a file can't be written.
 */
export async function saveOnnx(
  path: string,
  model: ModelArtifact,
  options: OnnxOptions = {},
): Promise<OnnxFileManifest> {
  const { bytes, manifest } = toOnnx(model, options);
  const written = { ...manifest, sha256: sha256Of(bytes) };
  await writeWholeFile(path, bytes);
  await writeWholeFile(`${path}.json`, `${JSON.stringify(written, null, 2)}\n`);
  return written;
}
