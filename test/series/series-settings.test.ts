import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../src/errors.js';
import { resolveSeries } from '../../src/series/series-settings.js';

describe('resolveSeries', () => {
  it('fills in the documented defaults', () => {
    expect(resolveSeries({}, 24, 2)).toEqual({
      fill: 'mask',
      smooth: 'none',
      smoothWidth: 3,
      resample: 'none',
      transform: 'log1p',
      scale: 'zscore',
      scope: 'global',
      windowSteps: 24,
      channels: 2,
      steps: 24,
    });
  });

  it('takes the length of a resampled series', () => {
    expect(resolveSeries({ resample: 'average', length: 6 }, 24, 1).steps).toBe(6);
    expect(resolveSeries({ resample: 'interpolate', length: 48 }, 24, 1).steps).toBe(48);
  });

  it.each([
    [{ smoothWidth: 4 }, /must be odd/],
    [{ smoothWidth: 1 }, /from 3/],
    [{ smooth: 'average', smoothWidth: 25 }, /at most the window's 24 steps; got 25/],
    [{ resample: 'average' }, /needs `length`/],
    [{ resample: 'average', length: 0 }, /whole number from 1/],
    [{ resample: 'interpolate', length: 1 }, /whole number from 2/],
    [{ resample: 'truncate', length: 25 }, /can't make windows longer/],
    [{ length: 12 }, /say how by `resample`/],
    [{ length: 2.5, resample: 'average' }, /got 2.5/],
    [{ fill: 'nearest' }, /`fill` must be one of zero, hold, linear, mask; got "nearest"/],
    [{ scale: 'log' }, /`scale` must be one of/],
  ])('refuses %j', (options, words) => {
    const resolve = () => resolveSeries(options as never, 24, 1);
    expect(resolve).toThrow(SegtideError);
    expect(resolve).toThrow(words);
  });

  it('accepts its own settings again, as a printed config does', () => {
    const { windowSteps, channels, steps, ...options } = resolveSeries({ resample: 'average', length: 6 }, 24, 1);
    expect(resolveSeries({ ...options, length: steps }, windowSteps, channels).steps).toBe(6);
  });
});
