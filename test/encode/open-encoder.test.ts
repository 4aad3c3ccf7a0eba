import { describe, expect, it } from 'vitest';
import { openEncoder } from '../../src/encode/open-encoder.js';
import { usageSeries, viewModel } from '../support/view-models.js';

describe('openEncoder', () => {
  it('says what it is before its engine has loaded, with views and without', async () => {
    const model = await viewModel();
    expect(openEncoder(model, 'v1', 'js')).toMatchObject({ version: 'v1', steps: 8, channels: 2, embeddingSize: 8 });
    const plain = openEncoder({ ...model, viewMap: undefined }, 'v1', 'js');
    expect(plain).toMatchObject({ version: 'v1', steps: 8, channels: 2, embeddingSize: 3 });
    const { embeddings, latents } = await plain.encode(usageSeries(4));
    expect(embeddings).toEqual(latents!.values);
  });

  it('throws what its loading threw, whenever it is asked', async () => {
    const encoder = openEncoder(await viewModel(), 'v1', 'another' as 'js');
    await expect(encoder.encode(usageSeries(4))).rejects.toMatchObject({ name: 'SegtideError' });
    await expect(encoder.encode(usageSeries(4))).rejects.toMatchObject({ name: 'SegtideError' });
    encoder.dispose();
  });

  it('refuses views of which the features do not fit', async () => {
    const model = await viewModel(1, ['profile', 'level']);
    const views = { ...model.viewMap!.views, steps: 9 };
    const encoder = openEncoder({ ...model, viewMap: { ...model.viewMap!, views } }, 'v1', 'js');
    await expect(encoder.encode(usageSeries(4))).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringContaining('The view profile has 18 features, and is fitted to 16'),
    });
  });
});
