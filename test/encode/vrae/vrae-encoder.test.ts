import { describe, expect, it } from 'vitest';
import { createParameters } from '../../../src/encode/vrae/initial-parameters.js';
import { createVraeEncoder } from '../../../src/encode/vrae/vrae-encoder.js';
import { toWeights } from '../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../src/numeric/random.js';
import { createWaves, shapeOf, sliceSeries, toSeriesBatch } from './vrae-batches.js';

const shape = shapeOf({ steps: 6, channels: 2, hidden: 7, latent: 3 });
const weights = toWeights(shape, createParameters(shape, createRandom(5)));
const encoder = createVraeEncoder(weights, 'v7');
const waves = createWaves(600, 6, 2);

describe('createVraeEncoder', () => {
  it('says what it is', () => {
    expect(encoder).toMatchObject({ version: 'v7', steps: 6, channels: 2, embeddingSize: 3 });
  });

  it('gives n embeddings for n series, for every n, each row with the same bits', async () => {
    const all = await encoder.encode(toSeriesBatch(waves));
    for (const length of [0, 1, 2, 3, 32, 33, 34, 255, 256, 257, 600]) {
      const from = (600 - length) >> 1;
      const batch = toSeriesBatch(sliceSeries(waves, from, from + length));
      const part = await encoder.encode(batch);
      expect(part.length).toBe(length);
      expect(part.series).toBe(batch);
      expect(part.embeddings).toEqual(all.embeddings.slice(from * 3, (from + length) * 3));
      expect(part.reconstructionErrors).toEqual(all.reconstructionErrors!.slice(from, from + length));
      expect(part.latents).toEqual({ length, latentSize: 3, values: part.embeddings });
    }
  });

  it('takes the reconstruction error over informative cells only, against what it reconstructs', async () => {
    const { latents, reconstructionErrors } = await encoder.encode(toSeriesBatch(waves));
    const reconstructed = await encoder.reconstruct(latents!);
    for (const row of [0, 1, 299, 599]) {
      let sum = 0;
      let count = 0;
      for (let i = row * 12; i < row * 12 + 12; i++) {
        if (waves.mask[i]! > 1) continue;
        sum += (waves.values[i]! - reconstructed[i]!) ** 2;
        count++;
      }
      expect(count).toBeLessThanOrEqual(12);
      expect(reconstructionErrors![row]).toBeCloseTo(sum / count, 6);
    }
    const hidden = await encoder.encode(toSeriesBatch({ ...waves, mask: waves.mask.map(() => 3) }));
    expect(hidden.reconstructionErrors!.every((error) => error === 0)).toBe(true);
    expect(hidden.embeddings).toEqual(latents!.values);
  });

  it('encodes an inactive series like any other, and does not change what it was given', async () => {
    const idle = { ...sliceSeries(waves, 0, 2), values: new Float32Array(24), mask: new Uint8Array(24).fill(1) };
    const before = structuredClone(idle);
    const { embeddings } = await encoder.encode(toSeriesBatch(idle));
    expect(idle).toEqual(before);
    expect(embeddings.every(Number.isFinite)).toBe(true);
    expect(embeddings.slice(0, 3)).toEqual(embeddings.slice(3));
  });

  it('lets the event loop run in between chunks of a long batch', async () => {
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await encoder.encode(toSeriesBatch(waves));
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('refuses a batch or latents of another shape', async () => {
    await expect(encoder.encode(toSeriesBatch(createWaves(1, 5, 2)))).rejects.toThrow(/6 steps and 2 channels, got 5/);
    const latents = { length: 1, latentSize: 2, values: new Float32Array(2) };
    await expect(encoder.reconstruct(latents)).rejects.toMatchObject({ code: 'encoder' });
  });
});
