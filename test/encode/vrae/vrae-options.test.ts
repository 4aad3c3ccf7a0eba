import { describe, expect, it } from 'vitest';
import { resolveVrae, type VraeOptions } from '../../../src/encode/vrae/vrae-options.js';

describe('resolveVrae', () => {
  it('fills in the defaults', () => {
    expect(resolveVrae()).toMatchObject({ hidden: 32, latent: 8, batch: 32, engine: 'auto', seed: 1 });
    expect(resolveVrae({ latent: undefined } as unknown as VraeOptions).latent).toBe(8);
    expect(resolveVrae({ hidden: 90 })).toEqual({ ...resolveVrae(), hidden: 90 });
  });

  it('takes defaults from the preset, and lets written options win', () => {
    expect(resolveVrae({ preset: 'published' })).toMatchObject({ hidden: 90, latent: 20, learningRate: 5e-4 });
    expect(resolveVrae({ preset: 'published', hidden: 16 })).toMatchObject({ hidden: 16, latent: 20 });
    expect(resolveVrae(resolveVrae({ preset: 'published', hidden: 16 })).hidden).toBe(16);
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
    [{ cell: 'rnn' }, /vrae\.cell must be lstm or gru, got rnn/],
    [{ depth: 4 }, /vrae\.depth must be a whole number from 1 to 3, got 4/],
    [{ bidirectional: 1 }, /vrae\.bidirectional must be false or true, got 1/],
    [{ dropout: 1 }, /vrae\.dropout must be a number from 0 to 0.9, got 1/],
    [{ freeBits: -1 }, /vrae\.freeBits/],
    [{ momentum: 1 }, /vrae\.momentum/],
    [{ weightDecay: 2 }, /vrae\.weightDecay/],
    [{ rateWarmUp: -0.1 }, /vrae\.rateWarmUp/],
    [{ schedule: 'linear' }, /vrae\.schedule must be constant or cosine/],
    [{ optimizer: 'lion' }, /vrae\.optimizer/],
    [{ decoder: 'none' }, /vrae\.decoder/],
    [{ output: 'relu' }, /vrae\.output/],
    [{ initialState: 'zero' }, /vrae\.initialState/],
    [{ threads: 0 }, /vrae\.threads/],
    [{ preset: 'best' }, /vrae\.preset must be default or published, got best/],
    [{ loss: 'bce' }, /vrae\.loss/],
    [{ engine: 'gpu' }, /vrae\.engine must be auto or native or wasm or tfjs or js, got gpu/],
    [{ epochs: 3 }, /no option epochs/],
  ];
  for (const [options, text] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(() => resolveVrae(options as VraeOptions)).toThrow(text);
      expect(() => resolveVrae(options as VraeOptions)).toThrow(expect.objectContaining({ code: 'config' }));
    });
  }
});
