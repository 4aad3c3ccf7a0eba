import { readModel } from '../../model-file.js';
import { saveOnnx } from '../../onnx-file.js';
import { checkOutputFile } from '../../transport/file/check-output-file.js';
import type { ExportFlags } from './models-command.js';
import { refuseExisting } from './refuse-existing.js';
import type { Terminal } from './terminal.js';

/** Writes a model file as ONNX, and tells the user about it. */
export async function exportAndReport(file: string, flags: ExportFlags, { out }: Terminal): Promise<void> {
  const { output, force = false, reconstruction, json = false, quiet = false } = flags;
  const path = output ?? `${file.replace(/\.safetensors$/, '')}.onnx`;
  const beside = `${path}.json`;
  const model = await readModel(file);
  for (const written of [path, beside]) {
    await checkOutputFile(written, [file]);
    // A file that is named is meant; one that is not may be another model's.
    if (output === undefined && !force) {
      await refuseExisting(written, 'Name a file by --output, or write over it by --force');
    }
  }
  const manifest = await saveOnnx(path, model, { reconstruction });
  if (json) out.write(`${JSON.stringify({ path, ...manifest })}\n`);
  else if (!quiet) out.write(`wrote model ${manifest.modelVersion} to ${path}, and its manifest to ${beside}\n`);
}
