import { beforeAll, describe, expect, it } from 'vitest';
import type { Encoder } from '../../src/encode/encoder.js';
import type { VraeModel } from '../../src/encode/encoder-model.js';
import { openEncoder } from '../../src/encode/open-encoder.js';
import { inspectEngines } from '../../src/encode/vrae/engines/open-engine.js';
import { usageSeries, viewModel } from '../support/view-models.js';
import { sliceSeries, toSeriesBatch } from './vrae/vrae-batches.js';

let model: VraeModel;
let encoder: Encoder;
beforeAll(async () => {
  model = await viewModel();
  encoder = openEncoder(model, 'v3', 'js');
});

describe('an encoder with views', () => {
  it('gives a place in the map as the embedding, and latents and errors of the VRAE', async () => {
    const series = usageSeries(20, 9);
    const found = await encoder.encode(series);
    const plain = await openEncoder({ ...model, viewMap: undefined }, 'v3', 'js').encode(series);
    expect(encoder).toMatchObject({ version: 'v3', steps: 8, channels: 2, embeddingSize: 8 });
    expect(found).toMatchObject({ length: 20, embeddingSize: 8 });
    expect(found.embeddings).toHaveLength(160);
    expect(found.latents).toEqual(plain.latents);
    expect(found.reconstructionErrors).toEqual(plain.reconstructionErrors);
    expect(await encoder.reconstruct!(found.latents!)).toHaveLength(20 * 16);
  });

  it('gives a window the same bits in every batch', async () => {
    const series = usageSeries(600, 5);
    const all = await encoder.encode(series);
    for (const [from, to] of [
      [0, 0],
      [0, 1],
      [255, 258],
      [300, 600],
    ] as const) {
      const some = await encoder.encode(toSeriesBatch(sliceSeries(series, from, to)));
      expect(some.embeddings).toEqual(all.embeddings.subarray(8 * from, 8 * to));
    }
  });

  it('reads the places of its landmarks near where they were laid', async () => {
    const { map } = model.viewMap!;
    const { embeddings } = await encoder.encode(usageSeries(60));
    const distance = (a: number, b: number) =>
      Math.hypot(...Array.from({ length: 8 }, (_, m) => embeddings[8 * a + m]! - map.places[8 * b + m]!));
    const own = Array.from({ length: 60 }, (_, i) => distance(i, i));
    const others = Array.from({ length: 60 }, (_, i) => distance(i, (i + 7) % 60));
    expect(mean(own)).toBeLessThan(mean(others) / 2);
  });

  it('agrees over engines within 1e-4', async () => {
    const series = usageSeries(100, 3);
    const { embeddings } = await encoder.encode(series);
    for (const { name, runs } of await inspectEngines()) {
      if (!runs || name === 'tfjs') continue;
      const other = openEncoder(model, '', name);
      const found = (await other.encode(series)).embeddings;
      for (const [at, value] of found.entries()) expect(Math.abs(value - embeddings[at]!)).toBeLessThan(1e-4);
      other.dispose();
    }
  });

  it('lets nothing that is not finite out, whatever a window holds', async () => {
    const series = usageSeries(6, 2);
    series.values.fill(0, 0, 16);
    series.values.fill(1e9, 16, 32);
    series.values.fill(-3e38, 32, 40);
    series.values.fill(0, 64, 80);
    series.mask.fill(2, 64, 80);
    const { embeddings } = await encoder.encode(series);
    expect(embeddings.every(Number.isFinite)).toBe(true);
  });

  it('ends where it is told to', async () => {
    await expect(encoder.encode(usageSeries(600), AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
