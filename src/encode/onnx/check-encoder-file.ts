import type { EncoderSettings } from '../encoder-options.js';
import { findOnnxRuntimes } from './load-onnx-runtime.js';
import { readOnnxFile } from './read-onnx-file.js';

/**
 * Checks, before there is a window, that what an encoder needs beside the settings is there and fits windows: an ONNX
 * file, and a runtime for it.
 *
 * @throws SegtideError `config` that says what does not.
 */
export function checkEncoderFile(
  { onnx }: EncoderSettings,
  series: { readonly steps: number; readonly channels: number },
): void {
  if (onnx === undefined) return;
  findOnnxRuntimes();
  readOnnxFile(onnx, series);
}
