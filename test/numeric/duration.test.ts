import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/numeric/duration.js';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    [' 10s ', 10_000],
    [1500, 1500],
    [0, 0],
  ])('reads %j as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', '5 minutes', 'm', '-5m', '1y', '1e3s', '5M', 'PT5M'])(
    'refuses %j and says what to write',
    (text) => {
      expect(() => parseDuration(text)).toThrow(/like 5m, 1h30m or 30d; got /);
    },
  );

  it('names the missing unit of a bare number in quotes', () => {
    expect(() => parseDuration('30')).toThrow("got '30' without a unit");
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the number %d', (ms) => {
    expect(() => parseDuration(ms)).toThrow(RangeError);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [300_000, '5m'],
    [5_400_000, '1h30m'],
    [604_800_000, '1w'],
    [2_592_000_000, '30d'],
    [1500, '1s500ms'],
    [90_061_000, '1d1h1m1s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is read back exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e13 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
