import { describe, expect, it } from 'vitest';
import { type DaeOptions, resolveDae } from '../../../src/encode/dae/dae-options.js';
import { resolveEncoder } from '../../../src/encode/encoder-options.js';
import type { SeriesOptions } from '../../../src/series/series-settings.js';
import { resolveSegmentation } from '../../../src/stage-settings.js';

describe('options of the denoising autoencoder', () => {
  it('are the published layers unless told otherwise', () => {
    expect(resolveDae()).toMatchObject({ layers: [512, 256, 128], latent: 64, loss: 'mae', embedding: 'latents' });
    expect(resolveDae({ layers: [8], noise: 0 })).toMatchObject({ layers: [8], noise: 0 });
    expect(resolveEncoder({ kind: 'dae' }).dae).toEqual(resolveDae());
    expect(resolveEncoder().dae).toBeUndefined();
  });

  it.each<[DaeOptions, string]>([
    [{ layers: [] }, '`dae.layers` must be a list of 1 to 6 whole numbers from 1 to 4096; got []'],
    [{ layers: [8, 0.5] }, 'got [8,0.5]'],
    [{ layers: 8 as never }, 'got 8'],
    [{ latent: 0 }, '`dae.latent` must be a whole number from 1 to 256; got 0'],
    [{ noise: -1 }, '`dae.noise` must be a number from 0 to 10; got -1'],
    [{ learningRate: 0 }, '`dae.learningRate` must be a number above 0 to 1; got 0'],
    [{ loss: 'huber' as never }, '`dae.loss` must be mae or mse or smooth-l1; got huber'],
    [{ hidden: 3 } as never, '`dae` has no option hidden'],
  ])('are refused in words: %o', (options, reason) => {
    expect(() => resolveDae(options)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining(reason) }),
    );
  });

  it('wait for kind dae, which has no others', () => {
    expect(resolveEncoder({ kind: 'raw', dae: { latent: 3 } }).dae).toBeUndefined();
    expect(() => resolveEncoder({ kind: 'dae', updates: 5 })).toThrow('its own options are in `dae`');
    expect(() => resolveEncoder({ kind: 'dae', shift: 'invariant' })).toThrow('not for kind dae');
  });

  it('refuse an output that can not give back what the series are', () => {
    const resolve = (series: SeriesOptions, dae: DaeOptions) =>
      resolveSegmentation({ window: { step: 'hour', steps: 4 }, encoder: { kind: 'dae', dae }, series }, false);
    expect(() => resolve({ scale: 'max', scope: 'own' }, { output: 'relu' })).not.toThrow();
    expect(() => resolve({}, {})).not.toThrow();
    expect(() => resolve({}, { output: 'relu' })).toThrow('dae.output to linear');
  });
});
