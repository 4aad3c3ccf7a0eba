import { describe, expect, it } from 'vitest';
import { resolveEncoder } from '../../src/encode/encoder-options.js';

describe('resolveEncoder', () => {
  it('tells shifts apart unless told otherwise', () => {
    expect(resolveEncoder().shift).toBe('aligned');
    expect(resolveEncoder({ shift: 'invariant' }).shift).toBe('invariant');
  });

  it.each([
    [{ shift: 'invariant', views: [] }, 'got none'],
    [{ shift: 'invariant', preset: 'published' }, 'got none'],
    [{ shift: 'invariant', views: ['profile', 'latents'] }, 'got latents'],
    [{ shift: 'sideways' as 'aligned' }, 'aligned, invariant; got sideways'],
  ] as const)('refuses %o', (options, reason) => {
    expect(() => resolveEncoder(options)).toThrow(reason);
  });
});
