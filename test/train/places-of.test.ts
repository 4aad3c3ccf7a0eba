import { describe, expect, it } from 'vitest';
import { placesOf } from '../../src/train/places-of.js';

const HOUR = 3_600_000;
const MONDAY = Date.UTC(2024, 0, 1);

describe('placesOf', () => {
  it('puts steps where their middle is on the local clock', () => {
    const hours = (stepMs: number, timeZone: string) =>
      [0, 1, 2, 3].map((step) => placesOf({ timeZone, stepMs })!(MONDAY, step).hour);
    expect(hours(HOUR, 'UTC')).toEqual([0, 1, 2, 3]);
    // Midnight UTC is 1 o'clock in Rome: 1 to 7, 7 to 13 …
    expect(hours(6 * HOUR, 'UTC')).toEqual([3, 9, 15, 21]);
    expect(hours(6 * HOUR, 'Europe/Rome')).toEqual([4, 10, 16, 22]);
    expect(hours(12 * HOUR, 'UTC')).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('tells the weekday of steps up to a day, and nothing of longer ones', () => {
    const daily = placesOf({ timeZone: 'UTC', stepMs: 24 * HOUR })!;
    expect([0, 5, 6, 7].map((step) => daily(MONDAY, step).weekday)).toEqual([0, 5, 6, 0]);
    expect(placesOf({ timeZone: 'UTC', stepMs: 25 * HOUR })).toBeUndefined();
  });
});
