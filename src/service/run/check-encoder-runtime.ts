import { findOnnxRuntimes } from '../../encode/onnx/load-onnx-runtime.js';
import { loadTfjsRuntime } from '../../encode/tfjs/load-tfjs-runtime.js';
import type { Config } from '../config/schema.js';

/**
 * Finds out whether what an encoder of a file runs on is installed, long before a model comes.
 *
 * @throws SegtideError `config` where it is not
 */
export async function checkEncoderRuntime({ encoder }: Config): Promise<void> {
  if (encoder.kind === 'onnx') findOnnxRuntimes();
  if (encoder.kind === 'tfjs') await loadTfjsRuntime();
}
