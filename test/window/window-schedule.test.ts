import { describe, expect, it } from 'vitest';
import { createFixedStepClock } from '../../src/window/fixed-step-clock.js';
import { WindowGeometry } from '../../src/window/window-geometry.js';
import { WindowSchedule } from '../../src/window/window-schedule.js';

const HOUR = 3_600_000;
const START = Date.UTC(2035, 0, 1); // step 0

function schedule(steps: number, hop: number, latenessHours: number): WindowSchedule {
  return new WindowSchedule(new WindowGeometry(steps, hop, 0), createFixedStepClock(HOUR, 0), latenessHours * HOUR);
}

describe('the window schedule', () => {
  it('has nothing due before the watermark has a value', () => {
    expect(schedule(2, 2, 0).due(Number.NEGATIVE_INFINITY)).toBeUndefined();
  });

  it('fires a window at its end, and closes it the allowed lateness after that', () => {
    const windows = schedule(2, 2, 3);
    windows.skipTo(START + 1.5 * HOUR); // of [-2, 0), which takes events until 3, and [0, 2) none has closed
    expect(windows.due(START + 2 * HOUR - 1)).toBeUndefined();
    expect(windows.due(START + 2 * HOUR)).toBe('fire');
    windows.fire();
    expect([windows.firedUntil, windows.openFrom]).toEqual([2, -2]);
    expect(windows.due(START + 3 * HOUR - 1)).toBeUndefined();
    expect(windows.due(START + 3 * HOUR)).toBe('close');
    windows.close();
    expect([windows.firedUntil, windows.openFrom]).toEqual([2, 0]);
  });

  it('gives the result before the close where both are due at once', () => {
    const windows = schedule(2, 2, 0);
    windows.skipTo(START);
    expect(windows.due(START + 2 * HOUR)).toBe('fire');
    windows.fire();
    expect(windows.due(START + 2 * HOUR)).toBe('close');
    windows.close();
    expect(windows.due(START + 2 * HOUR)).toBeUndefined();
  });

  it('knows which windows take a step still, and when a step is late', () => {
    const windows = schedule(4, 2, 0);
    windows.skipTo(START + 5 * HOUR); // [0, 4) has ended, [2, 6) has not
    expect(windows.openFor(3)).toEqual([1, 1]);
    expect(windows.openFor(6)).toEqual([2, 3]);
    expect(windows.lateFor(1)).toBe(true);
    expect(windows.lateFor(2)).toBe(false);
  });

  it('emits no window that began before the first step, also when that moves back after windows have fired', () => {
    const windows = schedule(3, 3, 6);
    windows.skipTo(START + 4 * HOUR);
    windows.observe(4);
    expect(windows.firstEmitted).toBe(2);
    windows.observe(3);
    expect(windows.firstEmitted).toBe(1);
    windows.fire();
    windows.observe(0);
    expect(windows.firstEmitted).toBe(1);
  });
});
