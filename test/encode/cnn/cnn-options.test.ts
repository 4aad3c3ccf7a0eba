import { describe, expect, it } from 'vitest';
import { type CnnOptions, resolveCnn } from '../../../src/encode/cnn/cnn-options.js';
import { resolveEncoder } from '../../../src/encode/encoder-options.js';

describe('options of the convolutional autoencoder', () => {
  it('are three layers unless told otherwise', () => {
    expect(resolveCnn()).toMatchObject({ filters: [32, 64, 128], kernel: 5, stride: 2, latent: 32, loss: 'mse' });
    expect(resolveEncoder({ kind: 'cnn', cnn: { kernel: 7 } }).cnn).toEqual(resolveCnn({ kernel: 7 }));
    expect(resolveEncoder({ kind: 'raw', cnn: { kernel: 7 } }).cnn).toBeUndefined();
  });

  it.each<[CnnOptions, string]>([
    [{ filters: [] }, '`cnn.filters` must be a list of 1 to 6 whole numbers from 1 to 1024; got []'],
    [{ kernel: 100 }, '`cnn.kernel` must be a whole number from 1 to 99; got 100'],
    [{ stride: 1.5 }, '`cnn.stride` must be a whole number from 1 to 8; got 1.5'],
    [{ kernel: 2, stride: 3 }, '`cnn.kernel` must be no less than `cnn.stride`'],
    [{ layers: [3] } as never, '`cnn` has no option layers'],
  ])('are refused in words: %o', (options, reason) => {
    expect(() => resolveCnn(options)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining(reason) }),
    );
  });

  it('are in a section of their own', () => {
    expect(() => resolveEncoder({ kind: 'cnn', updates: 5 })).toThrow('its own options are in `cnn`');
    expect(() => resolveEncoder({ kind: 'cnn', shift: 'invariant' })).toThrow('not for kind cnn');
  });
});
