import { describe, expect, it } from 'vitest';
import { trainVrae } from '../../../src/encode/vrae/train-vrae.js';
import { createTrainingNetwork } from '../../../src/encode/vrae/vrae-engine.js';
import { resolveVrae } from '../../../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { createWaves } from './vrae-batches.js';

describe('createTrainingNetwork', () => {
  it('has room for the series that there are, and not for a batch of which they are a small part', async () => {
    // A full batch would take 13 GB for its gates alone, and WebAssembly has 4 at most.
    const settings = resolveVrae({ engine: 'wasm', hidden: 64, batch: 65_536 });
    const series = { ...createWaves(3, 8, 1), steps: 200 };
    const network = await createTrainingNetwork(toVraeShape(settings, series), settings, series.length);
    expect(network.shape.steps).toBe(200);
    network.dispose();
  });

  it('trains the same with that room as with more', async () => {
    const settings = resolveVrae({ engine: 'js', hidden: 4, latent: 2, batch: 64, updates: 20 });
    const series = createWaves(20, 8, 1);
    const shape = toVraeShape(settings, series);
    const network = await createTrainingNetwork(shape, settings, series.length);
    const larger = await createTrainingNetwork(shape, settings);
    expect(trainVrae({ settings, series }, { network })).toEqual(trainVrae({ settings, series }, { network: larger }));
  });
});
