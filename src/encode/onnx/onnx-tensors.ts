import { SegtideError } from '../../errors.js';
import type { Tensors } from '../../numeric/safetensors.js';
import { sha256Of } from '../../numeric/sha256-of.js';
import type { OnnxFileModel } from '../encoder-model.js';
import { readOnnxPorts } from './onnx-ports.js';
import { ONNX_LAYOUTS } from './onnx-settings.js';

/** An encoder's ONNX file and what is known of it, as it is stored. */
interface OnnxNumbers {
  readonly header: unknown;
  readonly tensors: Tensors;
}

export function toOnnxTensors({ kind, file, fill, ...rest }: OnnxFileModel): OnnxNumbers {
  return {
    header: { ...rest, sha256: sha256Of(file) },
    tensors: { file: { shape: [file.length], values: file }, fill: { shape: [fill.length], values: fill } },
  };
}

/** @throws SegtideError `state` when header and tensors do not belong together. */
export function fromOnnxTensors({ header, tensors }: OnnxNumbers): OnnxFileModel {
  const { sha256, ...rest } = (header ?? {}) as Omit<OnnxFileModel, 'kind' | 'file' | 'fill'> & { sha256: string };
  const { steps, channels, size, input, output, layout, isRowByRow } = rest;
  if (![steps, channels, size].every((count) => Number.isSafeInteger(count) && count > 0)) {
    throw damaged(`it takes ${steps} × ${channels} (steps × channels) and gives ${size} numbers`);
  }
  if (typeof input !== 'string' || typeof output !== 'string' || !ONNX_LAYOUTS.includes(layout)) {
    throw damaged(`its input is ${input}, its output ${output} and its layout ${layout}`);
  }
  const file = tensors.file?.values;
  const fill = tensors.fill?.values;
  if (!(file instanceof Uint8Array) || sha256Of(file) !== sha256)
    throw damaged('its ONNX file is not the one that was stored');
  if (isSplitFile(file)) throw damaged('its ONNX file names others, which a model may not');
  if (!(fill instanceof Float32Array) || fill.length !== size || !fill.every(Number.isFinite)) {
    throw damaged(`there are not ${size} finite numbers in the tensor fill`);
  }
  return { kind: 'onnx', steps, channels, size, input, output, layout, isRowByRow: isRowByRow === true, file, fill };
}

/** Files are refused so where they are given; a model comes from elsewhere. What is no ONNX file its runtime refuses. */
function isSplitFile(file: Uint8Array): boolean {
  try {
    return readOnnxPorts(file).isSplit;
  } catch {
    return false;
  }
}

function damaged(what: string): SegtideError {
  return new SegtideError('state', `The stored encoder can't be read: ${what}. Use an undamaged copy, or train anew.`);
}
