import { describe, expect, it } from 'vitest';
import type { Encoder } from '../../../src/encode/encoder.js';
import type { OnnxFileModel } from '../../../src/encode/encoder-model.js';
import { findOnnxRuntimes, loadOnnxRuntime } from '../../../src/encode/onnx/load-onnx-runtime.js';
import { createOnnxEncoder } from '../../../src/encode/onnx/onnx-encoder.js';
import { openEncoder } from '../../../src/encode/open-encoder.js';
import { createEncodePool } from '../../../src/encode/threads/encode-pool.js';
import type { SeriesBatch } from '../../../src/series/series-batch.js';
import { fromEncoderTensors, toEncoderTensors } from '../../../src/train/encoder-tensors.js';
import { projectingOnnx, type SmallOnnx, smallOnnx } from '../../support/onnx-files.js';

const STEPS = 3;
const CHANNELS = 2;

function modelOf(small: SmallOnnx, fields: Partial<OnnxFileModel> = {}): OnnxFileModel {
  return {
    ...{ kind: 'onnx', steps: STEPS, channels: CHANNELS, size: CHANNELS, input: 'windows', output: 'embedding' },
    ...{ layout: 'btc', isRowByRow: false, file: smallOnnx(small), fill: Float32Array.of(-7, -8) },
    ...fields,
  };
}

function seriesOf(values: readonly number[]): SeriesBatch {
  const length = values.length / (STEPS * CHANNELS);
  const mask = new Uint8Array(values.length);
  return { length, steps: STEPS, channels: CHANNELS, values: Float32Array.from(values), mask } as SeriesBatch;
}

// Channels of means 2 and 20, then 5 and 50.
const TWO = [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60];

// One of them is always there; both where onnxruntime-node is installed, too.
describe.each(findOnnxRuntimes())('an encoder of an ONNX file, run by %s', (name) => {
  const open = async (model: OnnxFileModel): Promise<Encoder> =>
    createOnnxEncoder(model, 'v1', await loadOnnxRuntime([name]));

  async function encode(model: OnnxFileModel, values: readonly number[]): Promise<number[]> {
    const encoder = await open(model);
    const { embeddings } = await encoder.encode(seriesOf(values));
    encoder.dispose!();
    return [...embeddings];
  }

  it.each<[string, OnnxFileModel]>([
    ['steps first', modelOf({ shape: ['n', STEPS, CHANNELS] })],
    ['channels first', modelOf({ shape: ['n', CHANNELS, STEPS], axis: 2, outputShape: ['n', 2] }, { layout: 'bct' })],
    ['one window', modelOf({ shape: [1, STEPS, CHANNELS], outputShape: [1, 2] }, { isRowByRow: true })],
  ])('gives each window its vector by a file that takes %s', async (_, model) => {
    expect(await encode(model, TWO)).toEqual([2, 20, 5, 50]);
    expect(await encode(model, [])).toEqual([]);
  });

  it('gives the same of 600 windows as of each by itself, also when asked for several at once', async () => {
    const model = modelOf({ shape: ['n', STEPS, CHANNELS] });
    const values = Array.from({ length: 600 * STEPS * CHANNELS }, (_, i) => Math.sin(i) * 10);
    const encoder = await open(model);
    const [whole, part] = await Promise.all([
      encoder.encode(seriesOf(values)),
      encoder.encode(seriesOf(values.slice(6 * 300, 6 * 301))),
    ]);
    expect(whole.embeddings.length).toBe(1200);
    expect([...part.embeddings]).toEqual([...whole.embeddings.subarray(600, 602)]);
    await expect(encoder.encode({ ...seriesOf(TWO), steps: 2, channels: 3 })).rejects.toThrow('This encoder takes');
    encoder.dispose!();
  });

  it('puts what was fitted in the place of numbers that are not finite', async () => {
    const model = modelOf({ shape: ['n', STEPS, CHANNELS], after: 'Log' });
    const [a, b, c, d] = await encode(model, [-1, 1, -1, 1, -1, 1, 0, 1, 0, 1, 0, 1]);
    expect([a, b, c, d]).toEqual([-7, 0, -7, 0]);
  });

  it('says so when the runtime refuses the file, or it gives another shape than it states', async () => {
    const broken = modelOf({ shape: ['n', STEPS, CHANNELS] }, { file: Uint8Array.of(1, 2, 3) });
    await expect(encode(broken, TWO)).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringContaining("can't be opened"),
    });
    const other = modelOf({ shape: ['n', STEPS, CHANNELS] }, { size: 3, fill: new Float32Array(3) });
    await expect(encode(other, TWO)).rejects.toThrow('gave (2, 2) for 2 windows, where its shape says 3 numbers each');
  });

  it('tells what the model computes wrongly in words, and encodes on', async () => {
    // It takes three steps, whatever is known of it.
    const encoder = await open(
      modelOf(
        { shape: ['n', STEPS, CHANNELS] },
        { steps: 4, channels: 1, file: projectingOnnx(STEPS, new Float32Array(6)) },
      ),
    );
    const series = { ...seriesOf(TWO), length: 3, steps: 4, channels: 1 };
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(encoder.encode(series)).rejects.toMatchObject({
        code: 'encoder',
        message: expect.stringContaining("The encoder's file can't be run: "),
      });
    }
    encoder.dispose!();
  });
});

describe('an encoder of an ONNX file', () => {
  it('gives the same numbers in threads', async () => {
    const model = modelOf({ shape: ['n', STEPS, CHANNELS] });
    const series = seriesOf(Array.from({ length: 700 * STEPS * CHANNELS }, (_, i) => Math.sin(i) * 10));
    const alone = openEncoder(model, 'v1', 'js');
    const pool = createEncodePool(2);
    const { embeddings } = await pool.open(model, 'v1', 'js').encode(series);
    expect(embeddings).toEqual((await alone.encode(series)).embeddings);
    alone.dispose();
    const broken = pool.open({ ...model, file: Uint8Array.of(1, 2, 3) }, 'v2', 'js');
    await expect(broken.encode(series)).rejects.toMatchObject({ code: 'encoder' });
    await pool.close();
  });

  it('is stored with the file, and refused where that is damaged', () => {
    const model = modelOf({ shape: ['n', STEPS, CHANNELS] });
    const stored = { kind: 'onnx', ...toEncoderTensors(model) };
    expect(fromEncoderTensors(stored)).toEqual(model);
    const file = model.file.slice();
    file[20]! ^= 1;
    const tensors = { ...stored.tensors, file: { shape: [file.length], values: file } };
    expect(() => fromEncoderTensors({ ...stored, tensors })).toThrow('its file is not the one that was stored');
    const { size: _, ...header } = stored.header as { size: number };
    expect(() => fromEncoderTensors({ ...stored, header })).toThrow('gives undefined numbers');
    const fill = { shape: [1], values: Float32Array.of(1) };
    expect(() => fromEncoderTensors({ ...stored, tensors: { ...stored.tensors, fill } })).toThrow('2 finite numbers');
  });
});
