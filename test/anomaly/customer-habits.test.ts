import { describe, expect, it } from 'vitest';
import { createCustomerHabits, LEAST_HABIT_WINDOWS } from '../../src/anomaly/customer-habits.js';
import { createRandom } from '../../src/numeric/random.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { MASK_ABSENT, MASK_OBSERVED, MASK_ZERO } from '../../src/window/window-batch.js';

const WINDOW = 8000;

describe('the habits of a customer', () => {
  it('are unknown until enough windows with usage have closed', () => {
    const habits = createCustomerHabits(WINDOW);
    for (let i = 0; i < LEAST_HABIT_WINDOWS; i++) {
      expect(habits.measure(steady(i), 0)).toBeUndefined();
      habits.learn(steady(i), 0);
    }
    expect(habits.measure(steady(9), 0)).toBeDefined();
    expect(habits.measure(windowOf(9, [0, 0, 0, 0, 0, 0, 0, 0]), 0)).toBeUndefined();
  });

  it('tell too much at once, and usual amounts at other times, from what is usual', () => {
    const habits = learnt(20);
    const usual = Array.from({ length: 20 }, (_, i) => habits.measure(steady(20 + i), 0)!.score);
    expect(Math.max(...usual)).toBeLessThan(3);
    const spike = habits.measure(windowOf(21, [5, 5, 5, 40, 0, 0, 0, 0]), 0)!;
    expect(spike.score).toBeGreaterThan(4);
    expect(habits.expected(windowOf(21, [5, 5, 5, 40, 0, 0, 0, 0]), 0).deviations[3]).toBeGreaterThan(10);
    // As much, in the half of the window in which there was hardly any.
    const shifted = habits.measure(windowOf(21, [0, 0, 0, 0, 5, 5, 5, 5]), 0)!;
    expect(shifted.shape).toBeGreaterThan(3);
    expect(shifted.score).toBeGreaterThan(4);
  });

  it('take the bursts of who uses a service in bursts for usual', () => {
    const random = createRandom(3);
    const habits = createCustomerHabits(WINDOW);
    const burst = (i: number) => {
      const first = random.below(6);
      return windowOf(
        i,
        Array.from({ length: 8 }, (_, step) => (step >= first && step < first + 3 ? 30 + random.below(20) : 0)),
      );
    };
    for (let i = 0; i < 12; i++) habits.learn(burst(i), 0);
    for (let i = 12; i < 40; i++) expect(habits.measure(burst(i), 0)!.score).toBeLessThan(4);
    // Which for a customer who does not would be far out.
    expect(learnt(12).measure(burst(40), 0)!.score).toBeGreaterThan(4);
  });

  it('find their place in overlapping windows, and count each step once', () => {
    const daily = (start: number) =>
      windowAt(
        start,
        Array.from({ length: 8 }, (_, step) =>
          (start / 1000 + step) % 8 === 2 ? 20 + (((start / 1000 + step) >> 3) % 3) : 1,
        ),
      );
    const sliding = createCustomerHabits(WINDOW);
    const tumbling = createCustomerHabits(WINDOW);
    for (let start = 0; start <= 80_000; start += 1000) sliding.learn(daily(start), 0);
    for (let start = 0; start <= 80_000; start += WINDOW) tumbling.learn(daily(start), 0);
    expect(sliding.snapshot()).toEqual(tumbling.snapshot());
    for (let start = 81_000; start < 89_000; start += 1000) {
      expect(sliding.measure(daily(start), 0)!.score).toBeLessThan(2);
    }
    expect(tumbling.measure(daily(83_000), 0)).toEqual(sliding.measure(daily(83_000), 0));
  });

  it('are learnt from windows that closed and are known from end to end alone', () => {
    const habits = learnt(10);
    const before = habits.snapshot();
    const open = windowOf(10, [9, 9, 9, 9, 9, 9, 9, 9]);
    habits.learn({ ...open, finals: Uint8Array.of(0) }, 0);
    habits.learn({ ...open, revisions: Uint16Array.of(1) }, 0);
    habits.learn({ ...open, evicted: Uint8Array.of(1) }, 0);
    habits.learn({ ...open, mask: Uint8Array.from(open.mask, (mask, i) => (i === 0 ? MASK_ABSENT : mask)) }, 0);
    expect(habits.snapshot()).toEqual(before);
    habits.learn(open, 0);
    expect(habits.snapshot()).not.toEqual(before);
  });

  it('say less of a window that is still open', () => {
    const habits = learnt(20);
    const whole = windowOf(21, [0, 0, 0, 0, 5, 5, 5, 5]);
    const known = (steps: number) => ({
      ...whole,
      mask: Uint8Array.from(whole.mask, (mask, i) => (i < steps ? mask : MASK_ABSENT)),
    });
    const shapes = [5, 6, 7, 8].map((steps) => habits.measure(known(steps), 0)!.shape);
    expect(shapes).toEqual(shapes.toSorted((a, b) => a - b));
    expect(shapes[0]).toBeLessThan(shapes[3]! / 1.2);
  });

  it('take the steps of long windows together, and go by each channel', () => {
    const habits = createCustomerHabits(WINDOW);
    const random = createRandom(5);
    const long = (i: number, odd = false) => ({
      ...toGivenWindows({
        ...{ length: 1, steps: 100, channels: 2 },
        values: Float32Array.from({ length: 200 }, (_, cell) =>
          odd && cell % 2 === 1 && cell > 100 && cell < 121
            ? 60
            : cell % 2 === 0
              ? 1000 * random.next()
              : random.next(),
        ),
        mask: new Uint8Array(200).fill(MASK_OBSERVED),
      }),
      starts: Float64Array.of(i * WINDOW),
      ends: Float64Array.of((i + 1) * WINDOW),
    });
    for (let i = 0; i < 12; i++) habits.learn(long(i), 0);
    expect(habits.snapshot()).toMatchObject({ bins: 32, channels: 2 });
    expect(habits.measure(long(12), 0)!.score).toBeLessThan(3);
    const odd = long(12, true);
    expect(habits.measure(odd, 0)!.score).toBeGreaterThan(4);
    const { deviations } = habits.expected(odd, 0);
    expect(deviations.indexOf(Math.max(...deviations)) % 2).toBe(1);
  });

  it('go on from a snapshot as if they had never stopped, and forget who left', () => {
    const habits = learnt(9);
    const resumed = createCustomerHabits(WINDOW, structuredClone(habits.snapshot()));
    for (const one of [habits, resumed]) for (let i = 9; i < 15; i++) one.learn(steady(i), 0);
    expect(resumed.snapshot()).toEqual(habits.snapshot());
    expect(resumed.measure(steady(15), 0)).toEqual(habits.measure(steady(15), 0));
    resumed.forget(Uint32Array.of(0, 7000));
    expect(resumed.measure(steady(15), 0)).toBeUndefined();
    expect(resumed.snapshot()!.untils).toHaveLength(0);
    expect(createCustomerHabits(WINDOW).snapshot()).toBeNull();
  });
});

/** Usage of about 5 in the first four steps, drawn by the window's number, and next to none after them. */
function steady(i: number) {
  const random = createRandom(i + 1);
  return windowOf(
    i,
    Array.from({ length: 8 }, (_, step) => (step < 4 ? 3 + random.below(5) : random.below(8) === 0 ? 1 : 0)),
  );
}

function learnt(count: number) {
  const habits = createCustomerHabits(WINDOW);
  for (let i = 0; i < count; i++) habits.learn(steady(i), 0);
  return habits;
}

function windowOf(i: number, values: readonly number[]) {
  return windowAt(i * WINDOW, values);
}

function windowAt(start: number, values: readonly number[]) {
  const mask = Uint8Array.from(values, (value) => (value > 0 ? MASK_OBSERVED : MASK_ZERO));
  return {
    ...toGivenWindows({ length: 1, steps: values.length, channels: 1, values: Float32Array.from(values), mask }),
    starts: Float64Array.of(start),
    ends: Float64Array.of(start + WINDOW),
  };
}
