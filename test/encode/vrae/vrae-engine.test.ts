import { describe, expect, it } from 'vitest';
import {
  createInferenceNetwork,
  createTrainingNetwork,
  createVraeNetwork,
} from '../../../src/encode/vrae/vrae-engine.js';
import { resolveVrae } from '../../../src/encode/vrae/vrae-options.js';

const nowhere = 'tfjs-of-another-world';
const small = { steps: 4, channels: 1, hidden: 8, latent: 2 };
const large = { ...small, hidden: 90 };

describe('the choice of an engine', () => {
  it('falls back to plain typed arrays where auto finds no tfjs-node', async () => {
    for (const shape of [small, large]) {
      expect((await createInferenceNetwork(shape, 'auto', nowhere)).shape).toEqual(shape);
      const settings = resolveVrae({ hidden: shape.hidden, latent: 2 });
      expect((await createTrainingNetwork(shape, settings, nowhere)).shape).toEqual(shape);
    }
  });

  it('refuses tfjs where it does not load, in words', async () => {
    await expect(createVraeNetwork(small, 'tfjs', { training: true, tfjsSpecifier: nowhere })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('npm install @tensorflow/tfjs-node'),
    });
  });
});
