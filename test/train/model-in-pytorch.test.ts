import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/model-file.js';
import { openModel } from '../../src/train/loaded-model.js';
import { toSeriesBatch } from '../encode/vrae/vrae-batches.js';

/** Made by fixtures/make-models.ts, and by docs/model_in_pytorch.py of what that made. */
const at = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(at(name), 'utf8'));

describe('a model file in PyTorch', () => {
  it.each(['lstm', 'gru'])('gives the embeddings and reconstructions that it gives here: %s', async (name) => {
    const series = read('series.json') as number[][][];
    const expected = read(`${name}.json`) as { readonly embeddings: number[][]; readonly decoded: number[][][] };
    const model = await readModel(at(`${name}.safetensors`));
    for (const engine of ['js', 'wasm'] as const) {
      const { encoder } = openModel(model, { engine });
      const { steps, channels } = encoder;
      const values = Float32Array.from(series.flat(2));
      const mask = new Uint8Array(values.length);
      const batch = toSeriesBatch({ length: series.length, steps, channels, values, mask });
      const { embeddings, latents } = await encoder.encode(batch);
      expect(largestDifference(embeddings, expected.embeddings.flat())).toBeLessThan(1e-5);
      const decoded = await encoder.reconstruct!(latents!);
      expect(largestDifference(decoded, expected.decoded.flat(2))).toBeLessThan(1e-5);
      encoder.dispose?.();
    }
  });
});

function largestDifference(a: Float32Array, b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}
