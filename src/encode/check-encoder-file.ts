import type { EncoderSettings } from './encoder-options.js';
import { findOnnxRuntimes } from './onnx/load-onnx-runtime.js';
import { readOnnxFile } from './onnx/read-onnx-file.js';
import { fitTfjsModel } from './tfjs/fit-tfjs-model.js';
import { loadTfjsRuntime } from './tfjs/load-tfjs-runtime.js';
import { readTfjsFile } from './tfjs/read-tfjs-file.js';

/**
 * Checks, before there is a window, that what an encoder needs beside the settings is there: its file, of which ONNX
 * tells whether it fits windows, and a runtime for it.
 *
 * @throws SegtideError `config` that says what does not.
 */
export function checkEncoderFile(
  { onnx, tfjs }: EncoderSettings,
  series: { readonly steps: number; readonly channels: number },
): void {
  if (onnx !== undefined) {
    findOnnxRuntimes();
    readOnnxFile(onnx, series);
  }
  if (tfjs !== undefined) readTfjsFile(tfjs.file);
}

/**
 * Tries what can't be told without a runtime: whether a TensorFlow model fits windows.
 *
 * @throws SegtideError `config` that says what does not.
 */
export async function tryEncoderFile(
  { tfjs }: EncoderSettings,
  series: { readonly steps: number; readonly channels: number },
): Promise<void> {
  if (tfjs !== undefined) await fitTfjsModel(tfjs, series, await loadTfjsRuntime());
}
