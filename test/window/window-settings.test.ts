import { describe, expect, it } from 'vitest';
import type { WindowOptions } from '../../src/window/window-options.js';
import { resolveWindow, type WindowSettings } from '../../src/window/window-settings.js';

const DAY: WindowOptions = { step: 'hour', steps: 24 };

describe('window options', () => {
  it('fill in what is left out', () => {
    expect(resolveWindow(DAY)).toMatchObject({
      steps: 24,
      hop: 24,
      outOfOrdernessMs: 300_000,
      allowedLatenessMs: 0,
      minObserved: 0,
      customerTtlSteps: 96,
      maxCustomers: 1_000_000,
      maxAheadMs: 30 * 86_400_000,
      maxFutureMs: 3_600_000,
      deduplicate: false,
      provisionalEveryMs: undefined,
      atEnd: 'complete',
      channels: [{ name: 'value', aggregate: 'sum', cumulative: false }],
      pageWindows: 4096,
    });
    const days = ({ maxAheadMs }: WindowSettings) => Math.floor(maxAheadMs / 86_400_000);
    // Events of months come a month after each other, however long the window is.
    expect(days(resolveWindow({ step: 'month', steps: 12 }))).toBe(91);
    expect(days(resolveWindow({ step: 'day', steps: 579 }))).toBe(30);
    expect(days(resolveWindow({ ...DAY, outOfOrderness: '40d' }))).toBe(80);
  });

  it('say what is wrong, what they got and why', () => {
    const cases: [WindowOptions, RegExp][] = [
      [{ ...DAY, steps: 0 }, /`steps` must be a whole number from 1 to 65535, got 0/],
      [
        { step: 'day', steps: 7, hop: '36h' },
        /`hop` must be a whole number of steps, else windows would cut a step; got 36h with steps of day/,
      ],
      [{ ...DAY, hop: 1.5 }, /`hop`/],
      [{ ...DAY, step: '10ms' }, /`step` must be at least 1 s, got 10 ms/],
      [{ ...DAY, step: 'fortnight' }, /`step`: a duration is/],
      [{ ...DAY, minObserved: 25 }, /`minObserved` must be a whole number from 0 to 24, got 25/],
      [{ ...DAY, customerTtl: '5h' }, /`customerTtl` must be at least one window.*got 5h, which is 5 steps, with 24/],
      [{ ...DAY, maxAhead: '1m' }, /`maxAhead` must be more than `outOfOrderness`/],
      [{ ...DAY, timeZone: 'Mars/Olympus' }, /time zone.*Mars\/Olympus/],
      [{ ...DAY, origin: 'yesterday' }, /`origin` must be ISO 8601.*got yesterday/],
      [{ ...DAY, emit: 0 }, /`emit` must be longer than 0/],
      [{ ...DAY, channels: [] }, /`channels` must hold 1 to 4096 channels, got 0/],
      [{ ...DAY, channels: [{ name: 'a' }, { name: 'a' }] }, /`a` twice/],
    ];
    for (const [options, message] of cases) expect(() => resolveWindow(options)).toThrow(message);
  });

  it('align windows to a local origin', () => {
    const settings = resolveWindow({
      step: 'week',
      steps: 13,
      hop: 4,
      origin: '2012-12-31',
      timeZone: 'America/New_York',
    });
    expect(settings.clock.startOf(settings.phase)).toBe(Date.parse('2012-12-31T00:00-05:00'));
    const shifted = resolveWindow({ step: '8h', steps: 3, origin: '2024-01-01T06:00Z' });
    expect(shifted.clock.startOf(shifted.phase)).toBe(Date.parse('2024-01-01T06:00Z'));
  });

  it('have a hash that tells settings apart which shape the state, and no others', () => {
    const { hash } = resolveWindow(DAY);
    expect(resolveWindow({ ...DAY, pageWindows: 7, idleTimeout: '9m' }).hash).toBe(hash);
    expect(resolveWindow({ ...DAY, steps: 25 }).hash).not.toBe(hash);
    expect(resolveWindow({ ...DAY, timeZone: 'Asia/Kathmandu' }).hash).not.toBe(hash);
  });
});
