import { describe, expect, it } from 'vitest';
import { checkCron, createCronTrigger } from '../../src/train/cron-trigger.js';

const NIGHTLY = { expression: '0 3 * * *', timeZone: 'Europe/Berlin' };
const at = (time: string): number => Date.parse(time);

describe('a cron trigger', () => {
  it('fires once for each time, by the local clock through a change of daylight saving', () => {
    const trigger = createCronTrigger(NIGHTLY);
    expect(trigger.fires(at('2026-03-27T12:00:00Z'))).toBe(false);
    expect(trigger.fires(at('2026-03-28T01:59:59Z'))).toBe(false);
    expect(trigger.fires(at('2026-03-28T02:00:00Z'))).toBe(true);
    expect(trigger.fires(at('2026-03-28T02:00:01Z'))).toBe(false);
    // From here on summer time.
    expect(trigger.fires(at('2026-03-29T01:00:00Z'))).toBe(true);
  });

  it('fires once for all the times that a gap holds', () => {
    const trigger = createCronTrigger(NIGHTLY);
    trigger.fires(at('2026-01-01T00:00:00Z'));
    expect(trigger.fires(at('2026-01-20T00:00:00Z'))).toBe(true);
    expect(trigger.fires(at('2026-01-20T00:00:01Z'))).toBe(false);
  });

  it('does not fire twice when the clock goes back, and goes on when it does', () => {
    const trigger = createCronTrigger(NIGHTLY);
    trigger.fires(at('2026-01-01T00:00:00Z'));
    expect(trigger.fires(at('2026-01-01T02:00:05Z'))).toBe(true);
    expect(trigger.fires(at('2026-01-01T01:59:00Z'))).toBe(false);
    expect(trigger.fires(at('2026-01-01T02:00:00Z'))).toBe(false);
    expect(trigger.fires(at('2026-01-02T01:59:59Z'))).toBe(false);
    expect(trigger.fires(at('2026-01-02T02:00:00Z'))).toBe(true);
  });

  it('is not silent for as long as a wrong clock was ahead', () => {
    const trigger = createCronTrigger(NIGHTLY);
    trigger.fires(at('2036-01-01T00:00:00Z'));
    expect(trigger.fires(at('2036-01-01T02:00:00Z'))).toBe(true);
    expect(trigger.fires(at('2026-01-01T00:00:00Z'))).toBe(false);
    expect(trigger.fires(at('2026-01-01T02:00:00Z'))).toBe(true);
  });

  it('goes on from its snapshot, also where the clock went back meanwhile', () => {
    const trigger = createCronTrigger(NIGHTLY);
    trigger.fires(at('2026-01-01T00:00:00Z'));
    trigger.fires(at('2026-01-01T02:00:05Z'));
    const resumed = createCronTrigger(NIGHTLY, JSON.parse(JSON.stringify(trigger.snapshot())));
    expect(resumed.fires(at('2026-01-01T01:00:00Z'))).toBe(false);
    expect(resumed.fires(at('2026-01-01T02:30:00Z'))).toBe(false);
    expect(resumed.fires(at('2026-01-02T02:00:00Z'))).toBe(true);
  });

  it('knows no time before the first event', () => {
    expect(createCronTrigger(NIGHTLY).fires(Number.NEGATIVE_INFINITY)).toBe(false);
  });

  it('refuses what is no expression, and one that never comes', () => {
    expect(() => checkCron({ expression: 'daily', timeZone: 'UTC' })).toThrow(/cron/);
    for (const expression of ['0 3 * *', '0 0 3 * * *', '@daily']) {
      expect(() => checkCron({ expression, timeZone: 'UTC' }), expression).toThrow(/has five fields: .*; got [146] in/);
    }
    expect(() => checkCron({ expression: '0 25 * * *', timeZone: 'UTC' })).toThrow(/write it as in/);
    expect(() => checkCron({ expression: '0 0 31 2 *', timeZone: 'UTC' })).toThrow(/never comes/);
  });
});
