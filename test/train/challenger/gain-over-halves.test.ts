import { beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingBatch } from '../../../src/encode/embedding-batch.js';
import type { VraeModel } from '../../../src/encode/encoder-model.js';
import { createRandom } from '../../../src/numeric/random.js';
import { gainOverHalves } from '../../../src/train/challenger/gain-over-halves.js';
import { usageSeries, viewModel } from '../../support/view-models.js';

const LENGTH = 120;
const OPTIONS = { seed: 3, engine: 'js' } as const;

/** The halves are laid out by views alone: whatever the embedding says. */
function windows(): EmbeddingBatch {
  const series = usageSeries(LENGTH);
  const embeddings = new Float32Array(LENGTH);
  return { series, length: LENGTH, embeddings, embeddingSize: 1, latents: undefined, reconstructionErrors: undefined };
}

const all = new Uint16Array(LENGTH);
/** Customers of one level and phase are alike. */
const kinds = Uint16Array.from(all, (_, i) => i % 6);

describe('gainOverHalves', () => {
  let model: VraeModel;
  beforeAll(async () => {
    model = await viewModel();
  });

  it('is large for groups that are in the windows, about nothing for others, and below 0 the other way', async () => {
    const gain = gainOverHalves(model, windows(), OPTIONS)!;
    const random = createRandom(5);
    const drawn = Uint16Array.from(all, () => random.below(2));
    expect(await gain(all, kinds)).toBeGreaterThan(0.6);
    expect(await gain(all, drawn)).toBeGreaterThanOrEqual(0);
    expect(await gain(all, drawn)).toBeLessThan(0.15);
    expect(await gain(kinds, all)).toBeLessThan(-1);
  });

  it('is the same for the same windows and seed, and leaves them alone', async () => {
    const given = windows();
    const before = given.series.values.slice();
    const once = await gainOverHalves(model, given, OPTIONS)!(all, kinds);
    expect(await gainOverHalves(model, given, OPTIONS)!(all, kinds)).toBe(once);
    expect(given.series.values).toEqual(before);
  });

  it('is not asked of a model without a map', async () => {
    const plain = { ...model, viewMap: undefined };
    expect(gainOverHalves(plain, windows(), OPTIONS)).toBeUndefined();
  });
});
