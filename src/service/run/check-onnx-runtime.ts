import { findOnnxRuntimes } from '../../encode/onnx/load-onnx-runtime.js';
import type { Config } from '../config/schema.js';

/**
 * Finds out whether what an encoder of an ONNX file runs on is installed, long before a model comes.
 *
 * @throws SegtideError `config` where it is not
 */
export function checkOnnxRuntime({ encoder }: Config): void {
  if (encoder.kind === 'onnx') findOnnxRuntimes();
}
