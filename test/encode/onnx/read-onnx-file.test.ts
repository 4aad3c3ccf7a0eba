import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncoderFileOptions } from '../../../src/encode/encoder-file.js';
import { type ReadOnnxFile, readOnnxFile } from '../../../src/encode/onnx/read-onnx-file.js';
import { bytesField, messageField, varintField } from '../../../src/train/onnx/protobuf.js';
import { type SmallOnnx, smallOnnx } from '../../support/onnx-files.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-onnx-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(
  bytes: Uint8Array,
  options: EncoderFileOptions = {},
  steps = 5,
  channels = 2,
): Promise<ReadOnnxFile> {
  const file = join(folder, 'model.onnx');
  await writeFile(file, bytes);
  return readOnnxFile({ ...options, file }, { steps, channels });
}

describe('an ONNX file', () => {
  it.each<[string, SmallOnnx, EncoderFileOptions, Partial<ReadOnnxFile>]>([
    ['steps first', { shape: ['n', 5, 2] }, {}, { layout: 'btc', isRowByRow: false, size: 2 }],
    ['channels first', { shape: ['n', 2, 5] }, {}, { layout: 'bct', isRowByRow: false, size: 5 }],
    ['one window at a time', { shape: [1, 5, 2], outputShape: [1, 2] }, {}, { isRowByRow: true }],
    ['steps that it leaves open', { shape: ['n', 't', 2] }, {}, { layout: 'btc' }],
    ['a batch of -1', { shape: [-1, 5, 2], outputShape: [-1, 2] }, {}, { isRowByRow: false, size: 2 }],
    ['a layout by name', { shape: ['n', 't', 'c'], outputShape: ['n', 4] }, { layout: 'bct' }, { layout: 'bct' }],
    ['axes that make one vector', { shape: ['n', 5, 2], outputShape: ['n', 3, 4] }, {}, { size: 12 }],
    [
      'an output by name',
      { shape: ['n', 5, 2], twoOutputs: true },
      { outputName: 'means', inputName: 'windows' },
      { output: 'means', input: 'windows' },
    ],
  ])('is read with %s', async (_, small, options, expected) => {
    const bytes = smallOnnx(small);
    const expectedSize = { steps: 5, channels: 2, file: bytes, ...expected };
    expect(await read(bytes, options)).toMatchObject(expectedSize);
  });

  it.each<[string, SmallOnnx, EncoderFileOptions, string]>([
    [
      'other steps',
      { shape: ['n', 6, 2] },
      {},
      'takes (n, 6, 2), and windows have 5 steps and 2 channels; export it for (batch, 5, 2) or (batch, 2, 5)',
    ],
    ['two axes', { shape: ['n', 5] }, {}, 'takes (n, 5), and windows have'],
    ['another layout', { shape: ['n', 5, 2] }, { layout: 'bct' }, 'takes (n, 5, 2), not layout bct'],
    ['open steps and channels', { shape: ['n', 't', 'c'], outputShape: ['n', 4] }, {}, 'set encoder.layout to btc'],
    [
      'an open output',
      { shape: ['n', 5, 2], outputShape: ['n', 't', 8] },
      {},
      '(n, t, 8), and an embedding has the same',
    ],
    ['an output without a vector', { shape: ['n', 5, 2], outputShape: ['n'] }, {}, 'average over other axes'],
    ['too long an output', { shape: ['n', 5, 2], outputShape: ['n', 5000] }, {}, '5000 numbers a window; 1 to 4096'],
    ['a batch of eight', { shape: [8, 5, 2] }, {}, '8 windows at once; export it with a dynamic batch axis'],
    [
      'two outputs',
      { shape: ['n', 5, 2], twoOutputs: true },
      {},
      'it has 2 outputs; name one by encoder.outputName: embedding (batch, 2), means (batch, 2)',
    ],
    ['an output that it lacks', { shape: ['n', 5, 2] }, { outputName: 'z' }, 'no output z; set encoder.outputName'],
    ['an input that it lacks', { shape: ['n', 5, 2] }, { inputName: 'x' }, 'no input x; set encoder.inputName'],
    ['two inputs', { shape: ['n', 5, 2], twoInputs: true }, {}, 'needs 2 inputs'],
    ['two inputs, one named', { shape: ['n', 5, 2], twoInputs: true }, { inputName: 'windows' }, 'needs 2 inputs'],
    ['float64', { shape: ['n', 5, 2], dtype: 'float64' }, {}, 'input windows is not of float32'],
  ])('is refused with %s', async (_, small, options, text) => {
    await expect(read(smallOnnx(small), options)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(text),
    });
  });

  it('needs a layout where there are as many steps as channels', async () => {
    const bytes = smallOnnx({ shape: ['n', 3, 3] });
    await expect(read(bytes, {}, 3, 3)).rejects.toThrow('set encoder.layout');
    expect(await read(bytes, { layout: 'bct' }, 3, 3)).toMatchObject({ layout: 'bct' });
  });

  it('is refused where it is none, is not there, is too large or has its weights elsewhere', async () => {
    await expect(read(new TextEncoder().encode('{"a": 1}'))).rejects.toThrow('it is no ONNX file');
    await expect(read(new Uint8Array())).rejects.toThrow('it is no ONNX file: it has no graph');
    const whole = smallOnnx({ shape: ['n', 5, 2] });
    await expect(read(whole.subarray(0, 80))).rejects.toThrow('it is no ONNX file: it is cut off');
    const split = messageField(7, [messageField(5, [bytesField(8, 'weight'), varintField(14, 1)])]);
    await expect(read(split)).rejects.toThrow('its weights lie in another file');
    const absent = { file: join(folder, 'absent.onnx') };
    expect(() => readOnnxFile(absent, { steps: 5, channels: 2 })).toThrow('there is no such file; set encoder.file');
    await read(whole);
    const file = join(folder, 'model.onnx');
    expect(() => readOnnxFile({ file }, { steps: 5, channels: 2 }, 100)).toThrow('is the most; take a smaller model');
  });

  it('takes no weights for inputs, as files of old list them', async () => {
    const port = (name: string, ...shape: number[]): Uint8Array[] => {
      const sizes = shape.map((size) => messageField(1, [varintField(1, size)]));
      return [bytesField(1, name), messageField(2, [messageField(1, [varintField(1, 1), messageField(2, sizes)])])];
    };
    const graph = [
      messageField(5, [bytesField(8, 'weight')]),
      messageField(11, port('weight', 5)),
      messageField(11, port('windows', 1, 5, 2)),
      messageField(12, port('embedding', 1, 2)),
    ];
    expect(await read(messageField(7, graph))).toMatchObject({ input: 'windows' });
  });
});
