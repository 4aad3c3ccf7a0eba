import { describe, expect, it } from 'vitest';
import { resolveVrae, type VraeOptions } from '../../../src/encode/vrae/vrae-options.js';

describe('resolveVrae', () => {
  it('fills in the defaults', () => {
    expect(resolveVrae()).toMatchObject({ hidden: 32, latent: 8, batch: 32, engine: 'auto', seed: 1 });
    expect(resolveVrae({ latent: undefined } as unknown as VraeOptions).latent).toBe(8);
    expect(resolveVrae({ hidden: 90 })).toEqual({ ...resolveVrae(), hidden: 90 });
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ hidden: 0 }, /vrae\.hidden must be a whole number from 1 to 1024, got 0/],
    [{ latent: 2.5 }, /vrae\.latent/],
    [{ batch: -1 }, /vrae\.batch/],
    [{ updates: Number.POSITIVE_INFINITY }, /vrae\.updates/],
    [{ learningRate: 0 }, /vrae\.learningRate must be a number above 0 to 1, got 0/],
    [{ learningRate: '0.1' }, /vrae\.learningRate/],
    [{ gradientClip: Number.NaN }, /vrae\.gradientClip must be a number above 0, got NaN/],
    [{ beta: -1 }, /vrae\.beta/],
    [{ betaWarmUp: 1.5 }, /vrae\.betaWarmUp/],
    [{ heldOut: 0.6 }, /vrae\.heldOut must be a number from 0 to 0.5, got 0.6/],
    [{ patience: 0 }, /vrae\.patience/],
    [{ seed: 2 ** 32 }, /vrae\.seed/],
    [{ cell: 'gru' }, /vrae\.cell must be lstm, got gru/],
    [{ loss: 'bce' }, /vrae\.loss/],
    [{ engine: 'gpu' }, /vrae\.engine must be auto or js or tfjs, got gpu/],
    [{ epochs: 3 }, /no option epochs/],
  ];
  for (const [options, text] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(() => resolveVrae(options as VraeOptions)).toThrow(text);
      expect(() => resolveVrae(options as VraeOptions)).toThrow(expect.objectContaining({ code: 'config' }));
    });
  }
});
