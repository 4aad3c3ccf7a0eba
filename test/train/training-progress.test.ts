import { describe, expect, it } from 'vitest';
import { createProgressMeter } from '../../src/train/training-progress.js';

describe('a progress meter', () => {
  it('counts epochs of the series that are learnt from, and tells pace and remaining time by the clock', () => {
    let now = 1000;
    const meter = createProgressMeter(32, () => now);
    const told = { of: 400, trainLoss: 2, heldOutLoss: 3, series: 7488 };
    now += 2000;
    // 7,488 series are 234 updates of 32.
    expect(meter({ ...told, updates: 117 })).toEqual({
      ...told,
      updates: 117,
      epoch: 0.5,
      windowsPerSecond: 1872,
      remainingMs: (2000 * 283) / 117,
    });
  });

  it('has neither pace nor remaining time before anything happened', () => {
    const meter = createProgressMeter(32, () => 0);
    const told = { updates: 0, of: 5, trainLoss: Number.NaN, heldOutLoss: Number.NaN, series: 3 };
    expect(meter(told)).toEqual({ ...told, epoch: 0, windowsPerSecond: 0, remainingMs: 0 });
  });
});
