import { describe, expect, it } from 'vitest';
import { PROJECTED_VIEWS, type ProjectedKind } from '../../src/encode/encoder-kind.js';
import type { ProjectedModel } from '../../src/encode/encoder-model.js';
import { createCatch22 } from '../../src/encode/features/catch22.js';
import { openEncoder } from '../../src/encode/open-encoder.js';
import { fitViews } from '../../src/encode/views/fit-views.js';
import { createJsEngine } from '../../src/encode/vrae/engines/js/js-engine.js';
import { createUsage, createViewWindows, plainScale } from './views/view-windows.js';
import { sliceSeries, toSeriesBatch } from './vrae/vrae-batches.js';

type Windows = ReturnType<typeof createViewWindows>;

async function fitted(kind: ProjectedKind, windows: Windows, mostComponents?: number): Promise<ProjectedModel> {
  const { channels = 1 } = windows;
  const options = { kinds: [PROJECTED_VIEWS[kind]], scale: plainScale(channels), seed: 1, mostComponents };
  return { kind, views: await fitViews(windows, options, createJsEngine()) };
}

const encode = async (model: ProjectedModel, windows: Windows) =>
  openEncoder(model, 'v1', 'js').encode(toSeriesBatch(windows));

describe('an encoder of one view', () => {
  it('gives, of raw windows on a line, how far along it each lies', async () => {
    // Two steps, x and 2 x: the one component is (1, 2) / √5, and the variance along it becomes 1.
    const along = [-3, -1, 1, 3];
    const windows = createViewWindows({ length: 4, steps: 2 }, (row, step) => (step + 1) * along[row]!);
    const { embeddings, embeddingSize } = await encode(await fitted('raw', windows), windows);
    expect(embeddingSize).toBe(1);
    for (const [row, x] of along.entries()) expect(embeddings[row]).toBeCloseTo(x / Math.sqrt(5), 5);
  });

  it('keeps the distances of raw windows but for one factor, where all components are kept', async () => {
    const windows = createUsage(40, 3);
    const { embeddings, embeddingSize } = await encode(await fitted('raw', windows), windows);
    const distance = (values: Float32Array, size: number, a: number, b: number): number =>
      Math.hypot(...Array.from({ length: size }, (_, m) => values[a * size + m]! - values[b * size + m]!));
    const factor = distance(embeddings, embeddingSize, 0, 1) / distance(windows.values, 3, 0, 1);
    for (let row = 2; row < 40; row++) {
      const found = distance(embeddings, embeddingSize, 0, row);
      expect(Math.abs(found / factor - distance(windows.values, 3, 0, row))).toBeLessThan(0.03 * 32);
    }
  });

  it('gives of features what standardised catch22 features give, projected', async () => {
    const windows = createUsage(30, 16);
    const model = await fitted('features', windows);
    const { features, size, bounds, means, projection } = model.views.views[0]!.projection!;
    const { names, transform } = createCatch22({ steps: 16, channels: 1 });
    expect(features).toBe(names.length);
    const raw = new Float32Array(30 * features);
    transform(windows.values, 30, raw);
    const { embeddings } = await encode(model, windows);
    for (let row = 0; row < 30; row++) {
      for (let m = 0; m < size; m++) {
        let sum = 0;
        for (let i = 0; i < features; i++) {
          const clipped = Math.min(Math.max(raw[row * features + i]!, bounds![i]!), bounds![features + i]!);
          sum += projection[m * features + i]! * (clipped - means[i]!);
        }
        expect(embeddings[row * size + m]).toBeCloseTo(sum, 4);
      }
    }
  });

  it.each(['raw', 'features', 'rocket', 'dtw'] as const)(
    '%s: n windows in, n embeddings out, each by itself',
    async (kind) => {
      const windows = createUsage(300, 12, 2);
      const encoder = openEncoder(await fitted(kind, windows), 'v1', 'js');
      const whole = await encoder.encode(toSeriesBatch(windows));
      expect(whole).toMatchObject({ length: 300, latents: undefined, reconstructionErrors: undefined });
      expect(encoder.reconstruct).toBeUndefined();
      const { embeddingSize: size } = whole;
      expect(whole.embeddings.length).toBe(300 * size);
      expect(whole.embeddings.every(Number.isFinite)).toBe(true);
      for (const [from, to] of [
        [0, 0],
        [0, 1],
        [255, 257],
        [290, 300],
      ] as const) {
        const part = await encoder.encode(toSeriesBatch(sliceSeries(windows, from, to)));
        expect(part.embeddings).toEqual(whole.embeddings.slice(from * size, to * size));
      }
    },
  );

  it.each(['raw', 'features', 'rocket', 'dtw'] as const)('%s has no more numbers than are asked for', async (kind) => {
    const windows = createUsage(60, 12);
    expect((await fitted(kind, windows)).views.size).toBeGreaterThan(2);
    expect((await fitted(kind, windows, 2)).views.size).toBe(2);
  });

  it.each([
    ['zero', () => 0],
    ['alike', (_: number, step: number) => step % 3],
  ])('says nothing of windows that are all %s, with one number each', async (_, draw) => {
    const windows = createViewWindows({ length: 5, steps: 12 }, draw);
    for (const kind of ['raw', 'features', 'rocket', 'dtw'] as const) {
      const { embeddings, embeddingSize } = await encode(await fitted(kind, windows), windows);
      expect(embeddingSize).toBe(1);
      expect(embeddings).toEqual(new Float32Array(5));
    }
  });

  it('refuses windows of another shape, in words', async () => {
    const model = await fitted('raw', createUsage(10, 4));
    await expect(encode(model, createUsage(2, 5))).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringContaining('takes series of 4 steps and 1 channels, got 5 steps'),
    });
  });

  it('stops between chunks when it is asked to', async () => {
    const windows = createUsage(600, 4);
    const encoder = openEncoder(await fitted('raw', windows), 'v1', 'js');
    const stopped = encoder.encode(toSeriesBatch(windows), { aborted: true });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  });
});
