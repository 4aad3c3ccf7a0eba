import { describe, expect, it } from 'vitest';
import { createRuleCooldowns } from '../../src/anomaly/rule-cooldowns.js';

describe('cool-downs of rules', () => {
  it('let a customer raise one alert of a rule in a cool-down, and each rule and customer by itself', () => {
    const cooldowns = createRuleCooldowns(100);
    const asked = [
      ['a', 0, 1000, true],
      ['a', 0, 1099, false],
      ['b', 0, 1099, true],
      ['a', 5, 1099, true],
      // From the alert, and not from what it kept quiet.
      ['a', 0, 1100, true],
      ['a', 0, 1199, false],
    ] as const;
    for (const [rule, slot, time, told] of asked) expect(cooldowns.observe(rule, slot, time)).toBe(told);
  });

  it('forget customers that left', () => {
    const cooldowns = createRuleCooldowns(100);
    cooldowns.observe('a', 3, 1000);
    cooldowns.forget(Uint32Array.of(3, 90_000));
    expect(cooldowns.observe('a', 3, 1001)).toBe(true);
  });

  it('go on from a snapshot, which is as long as what is remembered', () => {
    const cooldowns = createRuleCooldowns(100);
    expect(cooldowns.snapshot()).toBeUndefined();
    cooldowns.observe('a', 2, 1000);
    cooldowns.observe('a', 5000, 1000);
    cooldowns.forget(Uint32Array.of(5000));
    const snapshot = cooldowns.snapshot()!;
    expect(snapshot).toEqual({ a: Float64Array.of(0, 0, 1000) });
    const resumed = createRuleCooldowns(100, snapshot);
    expect(resumed.observe('a', 2, 1050)).toBe(false);
    expect(resumed.observe('a', 4999, 1050)).toBe(true);
    expect(snapshot).toEqual({ a: Float64Array.of(0, 0, 1000) });
  });
});
