import { describe, expect, it } from 'vitest';
import { MeterReadings } from '../../src/window/meter-readings.js';

function differences(readings: readonly (readonly [time: number, reading: number])[]): number[] {
  const meters = new MeterReadings([1]);
  meters.admit(5);
  return readings.map(([time, reading]) => {
    const values = Float64Array.of(99, reading);
    meters.difference(5, values, 0, time);
    expect(values[0]).toBe(99);
    return values[1]!;
  });
}

describe('meter readings', () => {
  it('become differences; the first one tells nothing', () => {
    expect(
      differences([
        [1, 100],
        [2, 103.5],
        [3, 103.5],
      ]),
    ).toEqual([Number.NaN, 3.5, 0]);
  });

  it('count from zero after a reset', () => {
    expect(
      differences([
        [1, 100],
        [2, 4],
        [3, 10],
      ]),
    ).toEqual([Number.NaN, 4, 6]);
  });

  it('tell nothing where they are older than the newest, whose difference holds their usage already', () => {
    expect(
      differences([
        [1, 100],
        [5, 110],
        [3, 104],
        [6, 111],
      ]),
    ).toEqual([Number.NaN, 10, Number.NaN, 1]);
  });

  it('wait for the next reading where a channel is not observed', () => {
    expect(
      differences([
        [1, 100],
        [2, Number.NaN],
        [3, 104],
      ]),
    ).toEqual([Number.NaN, Number.NaN, 4]);
  });
});
