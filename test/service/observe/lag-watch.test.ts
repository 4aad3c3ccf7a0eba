import { describe, expect, it } from 'vitest';
import { createLagWatch } from '../../../src/service/observe/lag-watch.js';

/** A partition of two topics whose ends and next offsets are set by hand. */
function watched() {
  let now = 0;
  let answers = true;
  const ends = { a: 0n, b: 0n };
  const next: Record<string, bigint | undefined> = { a: 0n, b: 0n };
  const failures: string[] = [];
  const watch = createLagWatch({
    ends: async () => {
      if (!answers) throw new Error('away');
      return new Map(Object.entries(ends).map(([topic, end]) => [topic, new Map([[3, end]])]));
    },
    clock: { now: () => now },
    everyMs: 1_000_000,
    onFailure: (error) => failures.push((error as Error).message),
  });
  const begun = watch.look();
  const partition = { partition: 3, topics: ['a', 'b'], next: (topic: string) => next[topic] };
  return {
    ends,
    next,
    failures,
    watch,
    away: () => {
      answers = false;
    },
    async at(seconds: number) {
      await begun;
      now = seconds * 1000;
      await watch.look();
      return watch.of(partition);
    },
    lag: () => watch.of(partition),
  };
}

describe('the lag of a partition', () => {
  it('is unknown before brokers have answered, and where nothing was begun', async () => {
    const { watch, lag, at, next } = watched();
    expect(lag()).toBe(undefined);
    next.a = undefined;
    next.b = undefined;
    expect(await at(1)).toBe(undefined);
    watch.close();
  });

  it('is the records of all topics, and the age of the oldest by when it was first seen', async () => {
    const { at, ends, next, lag, watch } = watched();
    expect(await at(10)).toEqual({ records: 0, seconds: 0 });
    ends.a = 5n;
    expect(await at(20)).toEqual({ records: 5, seconds: 0 });
    ends.b = 2n;
    expect(await at(30)).toEqual({ records: 7, seconds: 10 });
    next.a = 4n;
    expect(lag()).toEqual({ records: 3, seconds: 10 });
    next.a = 5n;
    expect(lag()).toEqual({ records: 2, seconds: 0 });
    expect(await at(45)).toEqual({ records: 2, seconds: 15 });
    next.b = 9n; // further than the last look knew
    expect(lag()).toEqual({ records: 0, seconds: 0 });
    watch.close();
  });

  it('stays what it was while brokers are away, and grows older', async () => {
    const { at, ends, away, failures, watch } = watched();
    ends.a = 5n;
    await at(10);
    away();
    expect(await at(70)).toEqual({ records: 5, seconds: 60 });
    expect(failures).toContain('away');
    watch.close();
  });

  it('knows the age of what waits after hours, in little memory', async () => {
    const { at, ends, next, lag, watch } = watched();
    for (let i = 1; i <= 3000; i++) {
      ends.a = BigInt(i);
      await at(i * 10);
    }
    // The looks that are left of the beginning are some minutes apart.
    expect(lag()!.records).toBe(3000);
    expect(lag()!.seconds).toBeGreaterThanOrEqual(29_980);
    next.a = 1500n;
    expect(lag()!.seconds).toBeGreaterThan(14_500);
    expect(lag()!.seconds).toBeLessThanOrEqual(15_000);
    watch.close();
  });
});
