import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import { createReservoir, type Reservoir } from '../../src/train/reservoir.js';
import { splitHeldOut } from '../../src/train/split-held-out.js';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { windowsOf } from '../cluster/embeddings.js';

/** Window i belongs to customer c`names[i]` and starts at `starts[i]`; its two cells hold both. */
function windows(names: readonly number[], starts: readonly number[], fields: Partial<WindowBatch> = {}): WindowBatch {
  return windowsOf(names.length, {
    steps: 2,
    customers: Uint32Array.from(names),
    starts: Float64Array.from(starts),
    ends: Float64Array.from(starts, (start) => start + 10),
    values: Float32Array.from(names.flatMap((name, i) => [name, starts[i]!])),
    mask: Uint8Array.from(names.flatMap(() => [0, 1])),
    ...fields,
  });
}

const addAll = (reservoir: Reservoir, batch: WindowBatch): void => {
  for (let i = 0; i < batch.length; i++) reservoir.add(batch, i);
};

const options = { capacity: 50, steps: 2, channels: 1, seed: 4 };

const kept = (reservoir: Reservoir): readonly string[] => {
  const batch = reservoir.toWindows();
  return Array.from(batch.starts, (start, i) => `${batch.ids.text(batch.customers[i]!)}@${start}`);
};

describe('createReservoir', () => {
  it('keeps everything while there is room, with the values and masks that came', () => {
    const reservoir = createReservoir(options);
    addAll(reservoir, windows([2, 1], [20, 10]));
    const got = reservoir.toWindows();
    expect(kept(reservoir)).toEqual(['c1@10', 'c2@20']);
    expect([...got.values]).toEqual([1, 10, 2, 20]);
    expect([...got.mask]).toEqual([0, 1, 0, 1]);
    expect([...got.ends]).toEqual([20, 30]);
    expect(got.watermark).toBe(30);
    expect(reservoir.offered).toBe(2);
  });

  it('keeps the same windows in whatever order they come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = createRandom(seed);
        const n = 200;
        const order = Array.from({ length: n }, (_, i) => i);
        const shuffled = order
          .map((i) => [random.next(), i] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, i]) => i);
        const fill = (indices: readonly number[]): Reservoir => {
          const reservoir = createReservoir({ ...options, capacity: 30, seed, halfLifeMs: 40 });
          addAll(
            reservoir,
            windows(
              indices,
              indices.map((i) => i * 3),
            ),
          );
          return reservoir;
        };
        const [a, b] = [fill(order), fill(shuffled)];
        expect(b.toWindows().values).toEqual(a.toWindows().values);
        expect(a.length).toBe(30);
      }),
      { numRuns: 50 },
    );
  });

  it('gives every window the same chance without a half-life', () => {
    const n = 200;
    const times = new Float64Array(n);
    const trials = 400;
    for (let seed = 0; seed < trials; seed++) {
      const reservoir = createReservoir({ ...options, seed });
      const names = Array.from({ length: n }, (_, i) => i);
      addAll(reservoir, windows(names, names));
      for (const start of reservoir.toWindows().starts) times[start]! += 1;
    }
    // Each is kept 100 times on average, binomial with sd 8.7; the mean over 50 windows with sd 1.2.
    for (let quarter = 0; quarter < 4; quarter++) {
      const mean = times.slice(quarter * 50, quarter * 50 + 50).reduce((a, b) => a + b) / 50;
      expect(Math.abs(mean - 100)).toBeLessThan(6);
    }
    expect(Math.min(...times)).toBeGreaterThan(100 - 5 * 8.7);
    expect(Math.max(...times)).toBeLessThan(100 + 5 * 8.7);
  });

  it('keeps a window half as often for each half-life of its age', () => {
    // Far more windows than room, so that inclusion is proportional to weight.
    const ages = [0, 0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const reservoir = createReservoir({ ...options, capacity: 60, seed, halfLifeMs: 1_000 });
      const names = Array.from({ length: 6_000 }, (_, i) => i);
      addAll(
        reservoir,
        windows(
          names,
          names.map((i) => 1_000 * (i % 3)),
        ),
      );
      for (const start of reservoir.toWindows().starts) ages[2 - start / 1_000]! += 1;
    }
    expect(ages[0]! / ages[1]!).toBeGreaterThan(1.75);
    expect(ages[0]! / ages[1]!).toBeLessThan(2.25);
    expect(ages[1]! / ages[2]!).toBeGreaterThan(1.7);
    expect(ages[1]! / ages[2]!).toBeLessThan(2.3);
  });

  it('replaces a kept window by its revision, and does not count it again', () => {
    const reservoir = createReservoir(options);
    addAll(reservoir, windows([1, 2], [10, 10]));
    const revised = windows([2], [10], { revisions: Uint16Array.of(1), values: Float32Array.of(7, 8) });
    addAll(reservoir, revised);
    expect([...reservoir.toWindows().values]).toEqual([1, 10, 7, 8]);
    expect([reservoir.length, reservoir.offered]).toEqual([2, 2]);
  });

  it('keeps what it would have kept without a customer who is forgotten, and takes that customer in again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 45 }), fc.nat(9), (names, forgotten) => {
        const batch = windows(names, [...names.keys()]);
        const reservoir = createReservoir(options);
        addAll(reservoir, batch);
        reservoir.forget(`c${forgotten}`);
        const others = names.flatMap((name, i) => (name === forgotten ? [] : [`c${name}@${i}`]));
        expect(kept(reservoir)).toEqual(others);
        expect(reservoir.snapshot().customers).not.toContain(`c${forgotten}`);
        addAll(reservoir, windows([forgotten], [1000]));
        expect(kept(reservoir)).toEqual([...others, `c${forgotten}@1000`]);
      }),
    );
  });

  it('still keeps the windows with the greatest keys after it has forgotten', () => {
    const names = Array.from({ length: 300 }, (_, i) => i % 20);
    const without = createReservoir({ ...options, capacity: 300 });
    addAll(without, windows(names, [...names.keys()]));
    without.forget('c3');
    // All keys by now: what a smaller one keeps of them is what it would have kept of the windows.
    const smaller = createReservoir(options, { ...without.snapshot() });
    const rows = [...names.keys()].filter((i) => names[i] !== 3);
    const naive = createReservoir(options);
    addAll(
      naive,
      windows(
        rows.map((i) => names[i]!),
        rows,
      ),
    );
    expect(kept(smaller)).toEqual(kept(naive));
    smaller.forget('c4');
    addAll(
      smaller,
      windows(
        names.map(() => 50),
        names.map((_, i) => 1000 + i),
      ),
    );
    expect(smaller.length).toBe(50);
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    const settings = { ...options, capacity: 40, halfLifeMs: 100 };
    const batch = (from: number): WindowBatch => {
      const names = Array.from({ length: 300 }, (_, i) => from + i);
      return windows(names, names);
    };
    const whole = createReservoir(settings);
    addAll(whole, batch(0));
    const resumed = createReservoir(settings, structuredClone(whole.snapshot()));
    for (const reservoir of [whole, resumed]) addAll(reservoir, batch(300));
    expect(resumed.snapshot()).toEqual(whole.snapshot());
    expect(resumed.offered).toBe(600);
  });

  it('refuses a snapshot of other settings, windows of another shape and no room', () => {
    const reservoir = createReservoir(options);
    expect(() => createReservoir({ ...options, seed: 5 }, reservoir.snapshot())).toThrow(/other settings/);
    expect(() => reservoir.add(windowsOf(1), 0)).toThrow(/2 steps/);
    expect(() => createReservoir({ ...options, capacity: 0 })).toThrow(/capacity/);
  });
});

describe('splitHeldOut', () => {
  it('holds out whole customers, the same ones for the same seed', () => {
    const names = Array.from({ length: 2_000 }, (_, i) => i % 400);
    const batch = windows(
      names,
      names.map((_, i) => Math.floor(i / 400)),
    );
    const { train, heldOut, trainRows, heldOutRows } = splitHeldOut(batch, 0.2, 1);
    const customers = (side: WindowBatch): Set<string> => new Set(Array.from(side.customers, (s) => side.ids.text(s)));
    const out = customers(heldOut);
    for (const customer of customers(train)) expect(out.has(customer)).toBe(false);
    expect(heldOut.length / 2_000).toBeGreaterThan(0.15);
    expect(heldOut.length / 2_000).toBeLessThan(0.25);
    expect([...trainRows, ...heldOutRows].sort((a, b) => a - b)).toEqual(names.map((_, i) => i));
    expect(heldOut.values[0]).toBe(names[heldOutRows[0]!]);
    const fewer = splitHeldOut(
      windows(
        names.slice(0, 400),
        names.slice(0, 400).map(() => 9),
      ),
      0.2,
      1,
    );
    expect(customers(fewer.heldOut)).toEqual(out);
  });

  it('leaves at least one window on each side, whatever there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 3 }), fc.nat(), (n, customers, seed) => {
        const names = Array.from({ length: n }, (_, i) => i % customers);
        const { train, heldOut } = splitHeldOut(
          windows(
            names,
            names.map((_, i) => i),
          ),
          0.2,
          seed,
        );
        expect(train.length).toBeGreaterThan(0);
        expect(heldOut.length).toBeGreaterThan(0);
        expect(train.length + heldOut.length).toBe(n);
      }),
    );
  });
});
