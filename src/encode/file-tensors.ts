import { SegtideError } from '../errors.js';
import type { Tensors } from '../numeric/safetensors.js';
import { sha256Of } from '../numeric/sha256-of.js';
import { FILE_LAYOUTS } from './encoder-file.js';
import type { OnnxFileModel, TfjsFileModel } from './encoder-model.js';
import { readOnnxPorts } from './onnx/onnx-ports.js';

/** An encoder's file and what is known of it, as it is stored. */
interface FileNumbers {
  readonly header: unknown;
  readonly tensors: Tensors;
}

type AnyFileModel = OnnxFileModel | TfjsFileModel;

export function toFileTensors({ kind, file, fill, ...rest }: AnyFileModel): FileNumbers {
  return {
    header: { ...rest, sha256: sha256Of(file) },
    tensors: { file: { shape: [file.length], values: file }, fill: { shape: [fill.length], values: fill } },
  };
}

/** @throws SegtideError `state` when header and tensors do not belong together. */
export function fromFileTensors(kind: AnyFileModel['kind'], { header, tensors }: FileNumbers): AnyFileModel {
  const stored = (header ?? {}) as Partial<Omit<OnnxFileModel, 'kind'> & Omit<TfjsFileModel, 'kind'>> & {
    readonly sha256?: string;
  };
  const { steps, channels, size, input, output, layer, layout, isRowByRow, sha256 } = stored;
  if (![steps, channels, size].every((count) => Number.isSafeInteger(count) && count! > 0)) {
    throw damaged(`it takes ${steps} × ${channels} (steps × channels) and gives ${size} numbers`);
  }
  const isNamed = kind === 'onnx' ? isText(input) && isText(output) : layer === null || isText(layer);
  if (!isNamed || layout === undefined || !FILE_LAYOUTS.includes(layout)) {
    throw damaged(`its input is ${input}, its output ${output}, its layer ${layer} and its layout ${layout}`);
  }
  const file = tensors.file?.values;
  const fill = tensors.fill?.values;
  if (!(file instanceof Uint8Array) || sha256Of(file) !== sha256) {
    throw damaged('its file is not the one that was stored');
  }
  if (kind === 'onnx' && isSplitFile(file)) throw damaged('its ONNX file names others, which a model may not');
  if (!(fill instanceof Float32Array) || fill.length !== size || !fill.every(Number.isFinite)) {
    throw damaged(`there are not ${size} finite numbers in the tensor fill`);
  }
  const known = { steps: steps!, channels: channels!, size, layout, isRowByRow: isRowByRow === true, file, fill };
  return kind === 'onnx' ? { kind, ...known, input: input!, output: output! } : { kind, ...known, layer: layer! };
}

/** Files are refused so where they are given; a model comes from elsewhere. What is no ONNX file its runtime refuses. */
function isSplitFile(file: Uint8Array): boolean {
  try {
    return readOnnxPorts(file).isSplit;
  } catch {
    return false;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function damaged(what: string): SegtideError {
  return new SegtideError('state', `The stored encoder can't be read: ${what}. Use an undamaged copy, or train anew.`);
}
