import { describe, expect, it } from 'vitest';
import type { OnnxFileModel } from '../../src/encode/encoder-model.js';
import { fromFileTensors, toFileTensors } from '../../src/encode/file-tensors.js';
import { bytesField, messageField, varintField } from '../../src/train/onnx/protobuf.js';
import { halvesOnnx } from '../support/onnx-files.js';

const MODEL: Omit<OnnxFileModel, 'file'> = {
  kind: 'onnx',
  ...{ steps: 4, channels: 1, size: 2, input: 'windows', output: 'embedding', layout: 'btc', isRowByRow: false },
  fill: new Float32Array(2),
};

describe('a stored ONNX encoder', () => {
  it('comes back as it was', () => {
    const model = { ...MODEL, file: halvesOnnx(4) };
    expect(fromFileTensors('onnx', toFileTensors(model))).toEqual(model);
  });

  it('is refused where its file names another file, which whoever sends models could choose', () => {
    const file = messageField(7, [messageField(5, [bytesField(8, 'weight'), varintField(14, 1)])]);
    expect(() => fromFileTensors('onnx', toFileTensors({ ...MODEL, file }))).toThrow('its ONNX file names others');
  });

  it('is refused where its file is another than the one that was stored', () => {
    const { header, tensors } = toFileTensors({ ...MODEL, file: halvesOnnx(4) });
    const file = { shape: [3], values: Uint8Array.of(1, 2, 3) };
    expect(() => fromFileTensors('onnx', { header, tensors: { ...tensors, file } })).toThrow(
      'is not the one that was stored',
    );
  });
});
