import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventIdSet } from '../../src/window/event-id-set.js';

const id = (n: number): Uint32Array => Uint32Array.of(n % 3, n, 0xffffffff, n * 7);

describe('the set of event ids', () => {
  it('knows an id again, and takes all 128 bits into account', () => {
    const known = new EventIdSet();
    expect(known.add(Uint32Array.of(1, 2, 3, 4), 0, 10, 0)).toBe(true);
    expect(known.add(Uint32Array.of(1, 2, 3, 4), 0, 11, 0)).toBe(false);
    expect(known.add(Uint32Array.of(1, 2, 3, 5), 0, 10, 0)).toBe(true);
    expect(known.add(Uint32Array.of(0, 0, 0, 0), 0, 10, 0)).toBe(true);
    expect(known.add(Uint32Array.of(0, 0, 0, 0), 0, 10, 0)).toBe(false);
  });

  it('forgets an id whose step takes no more events, whether it was swept out yet or not', () => {
    const known = new EventIdSet();
    known.add(id(1), 0, 10, 0);
    expect(known.add(id(1), 0, 10, 10)).toBe(false);
    expect(known.add(id(1), 0, 12, 11)).toBe(true);
  });

  it('stays small when steps pass', () => {
    const known = new EventIdSet();
    for (let n = 0; n < 200_000; n++) known.add(id(n), 0, Math.floor(n / 100), Math.floor(n / 100) - 2);
    expect(known.bytes).toBeLessThan(100_000);
  });

  it('does what a map does, through sweeps and snapshots', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.nat({ max: 3 })), { minLength: 1500, maxLength: 3000 });
    fc.assert(
      fc.property(steps, (list) => {
        let known = new EventIdSet();
        const naive = new Map<number, number>();
        for (const [k, [n, ahead]] of list.entries()) {
          const openFrom = Math.floor(k / 50);
          const before = naive.get(n);
          const isNew = before === undefined || before < openFrom;
          expect(known.add(id(n), 0, openFrom + ahead, openFrom)).toBe(isNew);
          if (isNew) naive.set(n, openFrom + ahead);
          if (k % 700 === 0) {
            const entries = structuredClone(known.snapshot());
            known = new EventIdSet();
            known.restore(entries);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
