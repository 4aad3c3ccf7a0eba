import { afterEach, describe, expect, it } from 'vitest';
import type { VraeModel } from '../../../src/encode/encoder-model.js';
import { openEncoder } from '../../../src/encode/open-encoder.js';
import { createEncodePool, type EncodePool } from '../../../src/encode/threads/encode-pool.js';
import { fitViews } from '../../../src/encode/views/fit-views.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createParameters } from '../../../src/encode/vrae/initial-parameters.js';
import { toWeights } from '../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../src/numeric/random.js';
import { usageSeries, viewModel } from '../../support/view-models.js';
import { plainScale } from '../views/view-windows.js';
import { createWaves, shapeOf, sliceSeries, toSeriesBatch } from '../vrae/vrae-batches.js';

const shape = shapeOf({ steps: 6, channels: 2, hidden: 7, latent: 3 });
const modelOf = (seed: number): VraeModel => ({
  kind: 'vrae',
  vrae: toWeights(shape, createParameters(shape, createRandom(seed))),
  viewMap: undefined,
});
const waves = createWaves(1500, 6, 2);
const here = openEncoder(modelOf(5), 'v7', 'js');
const viewed = viewModel();

let pool: EncodePool | undefined;
afterEach(() => pool?.close());

describe.each([1, 2, 3])('a pool of %i encoder threads', (threads) => {
  it('gives the bits that the encoder gives here, in order, for every length', async () => {
    pool = createEncodePool(threads);
    const encoder = pool.open(modelOf(5), 'v7', 'js');
    expect(encoder).toMatchObject({ version: 'v7', steps: 6, channels: 2, embeddingSize: 3 });
    for (const length of [0, 1, 2, 15, 16, 17, 100, 256, 257, 1500]) {
      const batch = toSeriesBatch(sliceSeries(waves, 0, length));
      const found = await encoder.encode(batch);
      expect(found).toEqual(await here.encode(batch));
      expect(found.series).toBe(batch);
      expect(await encoder.reconstruct!(found.latents!)).toEqual(await here.reconstruct!(found.latents!));
    }
  });

  it('gives them on the engine that is taken by itself, too', async () => {
    pool = createEncodePool(threads);
    const [there, alone] = [pool.open(modelOf(5), 'v7', 'auto'), openEncoder(modelOf(5), 'v7', 'auto')];
    for (const length of [1, 31, 33, 700]) {
      const batch = toSeriesBatch(sliceSeries(waves, 0, length));
      expect(await there.encode(batch)).toEqual(await alone.encode(batch));
    }
    alone.dispose?.();
  });

  it('gives them of a model with views, whose embedding is not its latents', async () => {
    pool = createEncodePool(threads);
    const model = await viewed;
    const [there, alone] = [pool.open(model, 'v9', 'auto'), openEncoder(model, 'v9', 'auto')];
    expect(there.embeddingSize).toBe(8);
    for (const length of [0, 1, 255, 600]) {
      const batch = usageSeries(length, 4);
      const found = await there.encode(batch);
      expect(found).toEqual(await alone.encode(batch));
      expect(found).toMatchObject({ embeddingSize: 8, latents: { latentSize: 3 } });
    }
    there.dispose?.();
    alone.dispose();
  });

  it('gives them of a model that has neither latents nor errors', async () => {
    pool = createEncodePool(threads);
    const options = { kinds: ['values'] as const, scale: plainScale(2), seed: 1 };
    const model = { kind: 'raw' as const, views: await fitViews(usageSeries(60), options, createJsEngine()) };
    const [there, alone] = [pool.open(model, 'v9', 'auto'), openEncoder(model, 'v9', 'auto')];
    for (const length of [0, 1, 255, 600]) {
      const found = await there.encode(usageSeries(length, 4));
      expect(found).toEqual(await alone.encode(usageSeries(length, 4)));
      expect(found).toMatchObject({ latents: undefined, reconstructionErrors: undefined });
    }
    there.dispose?.();
    alone.dispose();
  });

  it('serves many callers and several models at once, each with its own', async () => {
    pool = createEncodePool(threads);
    const other = openEncoder(modelOf(9), 'v8', 'js');
    const [a, b] = [pool.open(modelOf(5), 'v7', 'js'), pool.open(modelOf(9), 'v8', 'js')];
    const batches = Array.from({ length: 20 }, (_, i) => toSeriesBatch(sliceSeries(waves, 70 * i, 70 * i + 3 * i + 1)));
    const found = await Promise.all(batches.flatMap((batch) => [a.encode(batch), b.encode(batch)]));
    const expected = await Promise.all(batches.flatMap((batch) => [here.encode(batch), other.encode(batch)]));
    expect(found).toEqual(expected);
    a.dispose?.();
    expect(await b.encode(batches[3]!)).toEqual(await other.encode(batches[3]!));
  });

  it('finishes what it has when it is closed, and encodes what comes later here', async () => {
    pool = createEncodePool(threads);
    const encoder = pool.open(modelOf(5), 'v7', 'js');
    const batch = toSeriesBatch(waves);
    const before = encoder.encode(batch);
    const closing = pool.close();
    const after = encoder.encode(batch);
    expect(await before).toEqual(await here.encode(batch));
    expect(await after).toEqual(await before);
    await closing;
    expect(await encoder.encode(batch)).toEqual(await before);
    encoder.dispose?.();
  });
});

describe('an encoder of a pool', () => {
  it('refuses another shape in words, and goes on', async () => {
    pool = createEncodePool(2);
    const encoder = pool.open(modelOf(5), 'v7', 'js');
    const wrong = toSeriesBatch(createWaves(4, 5, 2));
    await expect(encoder.encode(wrong)).rejects.toThrow(/takes series of 6 steps and 2 channels/);
    const batch = toSeriesBatch(sliceSeries(waves, 0, 40));
    expect(await encoder.encode(batch)).toEqual(await here.encode(batch));
  });

  it('hands on what its thread throws', async () => {
    pool = createEncodePool(1);
    const encoder = pool.open(modelOf(5), 'v7', 'tfjs-of-another-world' as 'tfjs');
    await expect(encoder.encode(toSeriesBatch(waves))).rejects.toMatchObject({ name: 'SegtideError' });
    encoder.dispose?.();
    const gone = encoder.encode(toSeriesBatch(waves));
    await expect(gone).rejects.toMatchObject({ code: 'encoder' });
  });

  it('holds no more in flight than two chunks a thread', async () => {
    pool = createEncodePool(2);
    const encoder = pool.open(modelOf(5), 'v7', 'js');
    const before = process.memoryUsage().arrayBuffers;
    const batch = toSeriesBatch(waves);
    await Promise.all(Array.from({ length: 50 }, () => encoder.encode(batch)));
    // 50 results of 1,500 rows, and room for four chunks of 256 rows: the series themselves are not copied 50 times.
    const results = 50 * 1500 * (3 + 1) * 4;
    const room = 4 * 256 * 80;
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(results + room + 1_000_000);
  });
});
