import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../src/errors.js';
import { simulateUsage } from '../../src/simulate/simulate-usage.js';
import { resolveSimulation, type SimulationOptions } from '../../src/simulate/simulation-options.js';

describe('resolveSimulation', () => {
  it('fills in the documented defaults', () => {
    const settings = resolveSimulation();
    expect(settings).toMatchObject({
      seed: 1,
      customers: 2000,
      days: 84,
      start: Date.UTC(2024, 0, 1),
      rate: 6,
      drift: [],
    });
    expect(settings.segments).toMatchObject({ flat: 1, inactive: 1, nightly: 0 });
  });

  it('takes segments that are not named as absent', () => {
    expect(resolveSimulation({ segments: { flat: 2 } }).segments).toMatchObject({ flat: 2, weekday: 0 });
  });

  it('puts drift in the order of days', () => {
    const drift = [
      { atDay: 9, kind: 'level', segment: 'flat', factor: 2 },
      { atDay: 3, kind: 'level', segment: 'flat', factor: 3 },
    ] as const;
    expect(resolveSimulation({ drift }).drift.map(({ atDay }) => atDay)).toEqual([3, 9]);
  });

  it.each<[SimulationOptions, RegExp]>([
    [{ customers: 0 }, /`customers` must be from 1/],
    [{ customers: 1.5 }, /whole number; got 1.5/],
    [{ start: 1 }, /midnight UTC/],
    [{ rate: 0 }, /`rate`/],
    [{ lateShare: 1.2 }, /`lateShare` must be from 0 to 1/],
    [{ lateShare: 0.6, corruptShare: 0.6 }, /add up to/],
    [{ lateMs: 300_000 }, /above `outOfOrderMs`/],
    [{ segments: { flat: 0 } }, /at least one segment/],
    [{ segments: { flta: 1 } as never }, /must be one of flat, weekday/],
    [{ drift: [{ atDay: 84, kind: 'level', segment: 'flat', factor: 2 }] }, /`drift.atDay` must be from 1 to 83/],
    [{ drift: [{ atDay: 3, kind: 'vanish' } as never] }, /`drift.kind`/],
  ])('refuses %j', (options, words) => {
    expect(() => resolveSimulation(options)).toThrow(SegtideError);
    expect(() => resolveSimulation(options)).toThrow(words);
  });

  it('refuses a new segment that is not new', () => {
    const drift = [{ atDay: 3, kind: 'new-segment', segment: 'flat', share: 0.1 }] as const;
    expect(() => simulateUsage({ drift })).toThrow(/has customers already/);
  });
});
