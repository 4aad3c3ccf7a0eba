import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TfjsSettings } from '../../../src/encode/encoder-file.js';
import type { TfjsFileModel } from '../../../src/encode/encoder-model.js';
import { openEncoder } from '../../../src/encode/open-encoder.js';
import { fitTfjsModel } from '../../../src/encode/tfjs/fit-tfjs-model.js';
import { loadTfjsRuntime } from '../../../src/encode/tfjs/load-tfjs-runtime.js';
import { createEncodePool } from '../../../src/encode/threads/encode-pool.js';
import { fromEncoderTensors, toEncoderTensors } from '../../../src/train/encoder-tensors.js';
import { type SmallTfjs, smallGraph, smallLayers, writeTfjs } from '../../support/tfjs-models.js';
import { toSeriesBatch } from '../vrae/vrae-batches.js';

const SHAPE = { steps: 3, channels: 2 };
const CELLS = 6;
// Channels of means 2 and 20, then 5 and 50.
const TWO = [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60];
const MEANS = [2, 20, 5, 50];

const files: string[] = [];
afterEach(async () => {
  for (const file of files.splice(0)) await rm(dirname(file), { recursive: true });
});

async function fitted(small: SmallTfjs, settings: Partial<TfjsSettings> = {}): Promise<TfjsFileModel> {
  const file = await writeTfjs(small);
  files.push(file);
  const fit = await fitTfjsModel({ file, ...settings }, SHAPE, await loadTfjsRuntime());
  return { ...fit, fill: new Float32Array(fit.size).fill(-7) };
}

const seriesOf = (values: readonly number[]) =>
  toSeriesBatch({
    ...{ ...SHAPE, length: values.length / CELLS },
    ...{ values: Float32Array.from(values), mask: new Uint8Array(values.length) },
  });

async function encode(small: SmallTfjs, values: readonly number[], settings: Partial<TfjsSettings> = {}) {
  const encoder = openEncoder(await fitted(small, settings), 'v1', 'js');
  const { embeddings } = await encoder.encode(seriesOf(values));
  encoder.dispose();
  return [...embeddings].map((value) => Number(value.toFixed(3)));
}

describe('an encoder of a TensorFlow.js model', () => {
  it.each<[string, SmallTfjs]>([
    ['of so many steps', smallLayers(3)],
    ['of any number of steps', smallLayers(null)],
    ['of one window', smallLayers(3, { batch: 1 })],
    ['with weights in eight bits', smallLayers(3, { isQuantized: true })],
  ])('gives each window the output of layers %s', async (_, small) => {
    expect(await encode(small, TWO)).toEqual([22, -18, 55, -45]);
  });

  it('gives each window the output of one layer that is named', async () => {
    expect(await encode(smallLayers(3), TWO, { layer: 'means' })).toEqual(MEANS);
    expect(await encode(smallLayers(3, { outputs: ['means', 'embedding'] }), TWO, { layer: 'means' })).toEqual(MEANS);
    expect(await encode(smallLayers(3), TWO, { layer: 'windows' })).toEqual(TWO);
  });

  it('gives each window the output of a graph, or of one of its nodes', async () => {
    const logarithms = MEANS.map((mean) => Number(Math.log(mean).toFixed(3)));
    expect(await encode(smallGraph(3), TWO)).toEqual(logarithms);
    expect(await encode(smallGraph(3), TWO, { layer: 'embedding' })).toEqual(logarithms);
    expect(await encode(smallGraph(3), TWO, { layer: 'means' })).toEqual(MEANS);
    expect(await encode(smallGraph(3), [])).toEqual([]);
  });

  it('gives in a thread, of 600 windows at once, what it gives of each here', async () => {
    const values = Array.from({ length: 600 * CELLS }, (_, at) => Math.sin(at) * 10);
    const model = await fitted(smallLayers(3));
    const pool = createEncodePool(1);
    const there = pool.open(model, 'v1', 'js');
    const { embeddings } = await there.encode(seriesOf(values));
    const here = openEncoder(model, 'v1', 'js');
    for (const row of [0, 255, 256, 599]) {
      const alone = await here.encode(seriesOf(values.slice(CELLS * row, CELLS * (row + 1))));
      expect(embeddings.slice(2 * row, 2 * row + 2)).toEqual(alone.embeddings);
    }
    here.dispose();
    await pool.close();
  });

  it('puts what was fitted in the place of numbers that are not finite', async () => {
    expect(await encode(smallGraph(3), [-1, 1, -1, 1, -1, 1, 0, 1, 0, 1, 0, 1])).toEqual([-7, 0, -7, 0]);
  });

  it('is the same when it was stored and read again, and refused when it is not', async () => {
    const model = await fitted(smallLayers(3));
    const stored = { kind: 'tfjs', ...toEncoderTensors(model) };
    expect(fromEncoderTensors(stored)).toEqual(model);
    const file = model.file.slice();
    file[20]! ^= 1;
    const tensors = { ...stored.tensors, file: { shape: [file.length], values: file } };
    expect(() => fromEncoderTensors({ ...stored, tensors })).toThrow('its file is not the one that was stored');
    const header = { ...(stored.header as object), layer: 7 };
    expect(() => fromEncoderTensors({ ...stored, header })).toThrow('its layer 7');
  });

  it('tells in words what can not be opened', async () => {
    const model = { ...(await fitted(smallLayers(3))), file: Uint8Array.of(1, 2, 3) };
    await expect(openEncoder(model, 'v1', 'js').encode(seriesOf(TWO))).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringContaining("The encoder's file can't be opened"),
    });
  });
});

describe('a TensorFlow.js model is refused', () => {
  it.each<[string, SmallTfjs, Partial<TfjsSettings>, string]>([
    ['of other steps', smallLayers(4), {}, 'its input takes (?, 4, 2), and windows have 3 steps and 2 channels'],
    ['that is a graph of other steps', smallGraph(4), {}, 'its input takes (?, 4, 2), and windows have 3 steps'],
    ['of another layout', smallLayers(3), { layout: 'bct' }, '2 channels in layout bct; save it'],
    ['of eight windows', smallLayers(3, { batch: 8 }), {}, 'it takes 8 windows at once'],
    ['of int32', smallLayers(3, { dtype: 'int32' }), {}, 'its input is of int32; save it'],
    ['of two inputs', smallLayers(3, { twoInputs: true }), {}, 'it needs 2 inputs, and windows are one'],
    [
      'of two outputs',
      smallLayers(3, { outputs: ['means', 'embedding'] }),
      {},
      'it has 2 outputs; name one by encoder.layer: windows, means, embedding',
    ],
    [
      'without the layer that is named',
      smallLayers(3),
      { layer: 'mean' },
      'it has no layer mean; did you mean means?; set encoder.layer to one of: windows, means, embedding',
    ],
    [
      'without the node that is named',
      smallGraph(3),
      { layer: 'latent' },
      'no node latent; set encoder.layer to one of: means, logarithms, centre, centred, embedding',
    ],
    ['whose vectors depend on the batch', smallGraph(3, 'centred'), {}, 'changes with the other windows of its batch'],
    ['whose output has no batch', smallGraph(3), { layer: 'centre' }, 'it gives (1, 2) for 2 windows, not a vector'],
  ])('%s', async (_, small, settings, text) => {
    const message = expect.stringContaining(text);
    await expect(fitted(small, settings)).rejects.toMatchObject({ code: 'config', message });
  });

  it('without a runtime, with what to do', async () => {
    const text = 'needs a-runtime or b-runtime: a-runtime is not installed; b-runtime is not installed. Install one';
    const refused = { code: 'config', message: expect.stringContaining(text) };
    await expect(loadTfjsRuntime(['a-runtime', 'b-runtime'])).rejects.toMatchObject(refused);
  });
});
