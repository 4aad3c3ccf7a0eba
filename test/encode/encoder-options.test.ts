import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEWS, resolveEncoder } from '../../src/encode/encoder-options.js';

describe('resolveEncoder', () => {
  it('takes the default views where none are named, and those that are', () => {
    expect(resolveEncoder().views).toEqual(DEFAULT_VIEWS);
    expect(resolveEncoder({ views: ['level', 'profile'] }).views).toEqual(['level', 'profile']);
    expect(resolveEncoder({ views: [] }).views).toEqual([]);
  });

  it('takes none with the published VRAE, unless they are named', () => {
    expect(resolveEncoder({ preset: 'published' }).views).toEqual([]);
    expect(resolveEncoder({ preset: 'published', views: ['profile'] }).views).toEqual(['profile']);
  });

  it('keeps the settings of the VRAE', () => {
    expect(resolveEncoder({ latent: 3, seed: 7 })).toMatchObject({ latent: 3, seed: 7 });
  });

  it.each([
    [['profile', 'spectrum'], /`views` must be of .*profile.*; got spectrum/],
    [['spectrum', 'level', 'trend', 5], /got spectrum, trend, 5$/],
    ['level', /`views` must be a list of shape-kernels.*; got "level"$/],
    [5, /`views` must be a list of .*; got 5$/],
    [{}, /got \{\}$/],
    [null, /`views` must be a list of .*; got null$/],
    [['profile', 'level', 'profile'], /`views` has profile twice/],
  ])('refuses %j in words', (views, message) => {
    const resolve = () => resolveEncoder({ views: views as never });
    expect(resolve).toThrow(expect.objectContaining({ code: 'config', message: expect.stringMatching(message) }));
  });

  it('tells shifts apart unless told otherwise', () => {
    expect(resolveEncoder().shift).toBe('aligned');
    expect(resolveEncoder({ shift: 'invariant' }).shift).toBe('invariant');
  });

  it('takes for other kinds what is not of the VRAE alone', () => {
    expect(resolveEncoder().kind).toBe('vrae');
    const options = { kind: 'rocket', embeddingSize: 4, shift: 'invariant', init: 'fresh', preset: 'default' } as const;
    expect(resolveEncoder({ ...options, engine: 'js', seed: 3 })).toMatchObject({ ...options, engine: 'js', seed: 3 });
  });

  it('takes the features of catch22 unless others are named', () => {
    expect(resolveEncoder({ kind: 'features' }).features).toBe('catch22');
    expect(resolveEncoder({ kind: 'features', features: 'compact' }).features).toBe('compact');
  });

  it.each([
    [{ shift: 'invariant', views: [] }, 'got none'],
    [{ shift: 'invariant', preset: 'published' }, 'got none'],
    [{ shift: 'invariant', views: ['profile', 'latents'] }, 'got latents'],
    [{ shift: null as never }, 'aligned, invariant; got null'],
    [{ init: null as never }, '`init` must be pretrained or fresh; got null'],
    [
      { kind: 'oracle' as never },
      'one of vrae, dae, cnn, transformer, raw, features, rocket, dtw, precomputed, onnx, tfjs, plugin; got oracle',
    ],
    [{ kind: 'raw', hidden: 8, views: [] }, '`hidden`, `views` of a VRAE says nothing to kind raw'],
    [{ kind: 'rocket', preset: 'published' }, '`preset` of a VRAE says nothing to kind rocket'],
    [{ embeddingSize: 4 }, '`embeddingSize` is for raw, features, rocket, dtw'],
    [{ kind: 'precomputed', embeddingSize: 4 }, '`embeddingSize` is for raw, features, rocket, dtw'],
    [{ kind: 'precomputed', shift: 'invariant' }, 'for windows of several steps'],
    [{ kind: 'raw', features: 'compact' }, '`features` is for kind features; leave it out for raw'],
    [{ kind: 'features', features: 'all' as never }, '`features` must be catch22 or compact; got all'],
    [{ kind: 'raw', embeddingSize: 0 }, 'a whole number from 1 to 256; got 0'],
    [{ kind: 'raw', embeddingSize: 2.5 }, 'a whole number from 1 to 256; got 2.5'],
    [{ kind: 'tfjs' }, '`kind: tfjs` needs `file`'],
    [{ kind: 'tfjs', file: 'model.json', outputName: 'x' }, '`outputName` is for kind onnx, not tfjs'],
    [{ kind: 'onnx', file: 'a.onnx', layer: 'x' }, '`layer` is for kind tfjs, not onnx'],
    [{ kind: 'raw', file: 'a.onnx' }, '`file` is for kind onnx or tfjs, not raw'],
    [{ kind: 'tfjs', file: 'model.json', layer: '' }, '`layer` must be text that is not empty'],
    [{ kind: 'tfjs', file: 'model.json', shift: 'invariant' }, 'a file takes windows as they are'],
    [{ shift: 'sideways' as 'aligned' }, 'aligned, invariant; got sideways'],
  ] as const)('refuses %o', (options, reason) => {
    expect(() => resolveEncoder(options)).toThrow(reason);
  });
});
