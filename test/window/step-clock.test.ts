import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createZone } from '../../src/numeric/zone.js';
import { createCalendarStepClock } from '../../src/window/calendar-step-clock.js';
import { createFixedStepClock } from '../../src/window/fixed-step-clock.js';
import type { StepClock } from '../../src/window/step-clock.js';
import { naiveCalendar, naiveFixed } from './naive-calendar.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string): number => Date.parse(text);
const hoursOf = (clock: StepClock, time: string): number => {
  const step = clock.indexOf(at(time));
  return (clock.startOf(step + 1) - clock.startOf(step)) / HOUR;
};

describe('calendar steps', () => {
  it('give days 23 or 25 hours where the clocks change', () => {
    const days = createCalendarStepClock('day', createZone('America/New_York'));
    expect(hoursOf(days, '2013-03-10T12:00-04:00')).toBe(23);
    expect(hoursOf(days, '2013-11-03T12:00-05:00')).toBe(25);
    expect(hoursOf(days, '2013-07-01T12:00-04:00')).toBe(24);
  });

  it('add a repeated hour to its bin and leave a skipped one empty', () => {
    const hours = createCalendarStepClock('hour', createZone('Europe/Berlin'));
    expect(hoursOf(hours, '2024-10-27T00:30Z')).toBe(2);
    expect(hours.indexOf(at('2024-10-27T00:30Z'))).toBe(hours.indexOf(at('2024-10-27T01:30Z')));
    const skipped = hours.indexOf(at('2024-03-31T00:30Z')) + 1; // 02:00 is no hour of that day
    expect(hours.startOf(skipped)).toBe(hours.startOf(skipped + 1));
    expect(hours.indexOf(at('2024-03-31T01:30Z'))).toBe(skipped + 1);
  });

  it('repeat half an hour where the clocks change by that', () => {
    const hours = createCalendarStepClock('hour', createZone('Australia/Lord_Howe'));
    expect(hoursOf(hours, '2019-04-06T14:45Z')).toBe(1.5);
    expect(hoursOf(hours, '2019-10-05T15:45Z')).toBe(0.5);
  });

  it('skip the day that Samoa did not have', () => {
    const days = createCalendarStepClock('day', createZone('Pacific/Apia'));
    const before = days.indexOf(at('2011-12-30T09:00Z'));
    expect(days.indexOf(at('2011-12-30T11:00Z'))).toBe(before + 2);
    expect(days.startOf(before + 1)).toBe(days.startOf(before + 2));
  });

  it('begin weeks on Monday and months on the 1st', () => {
    const zone = createZone('UTC');
    const weeks = createCalendarStepClock('week', zone);
    const months = createCalendarStepClock('month', zone);
    expect(weeks.startOf(weeks.indexOf(at('2013-01-06T23:59Z')))).toBe(at('2012-12-31T00:00Z'));
    expect(months.startOf(months.indexOf(at('2024-02-29T23:59Z')) + 1)).toBe(at('2024-03-01T00:00Z'));
    expect(months.indexOf(at('1969-12-31T00:00Z'))).toBe(-1);
  });
});

describe('step clocks, against naive ones', () => {
  const zones = [
    'America/New_York',
    'America/St_Johns', // falls back across midnight
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Sao_Paulo',
    'Africa/Casablanca',
    'Pacific/Apia',
  ].map((name) => createZone(name));
  const times = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

  it('agree on steps, their begins and the ranges that share them, from 1970 to 2100', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom('hour', 'day', 'week', 'month'),
        times,
        (zone, step, time) => {
          check(createCalendarStepClock(step, zone), naiveCalendar(step, zone.name), time);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('agree around every change of the clocks', () => {
    for (const zone of zones) {
      const clock = createCalendarStepClock('hour', zone);
      const naive = naiveCalendar('hour', zone.name);
      for (let day = Date.UTC(2005, 0, 1); day < Date.UTC(2020, 0, 1); day += DAY) {
        if (zone.offsetAt(day) === zone.offsetAt(day + DAY)) continue;
        for (let time = day; time < day + DAY; time += HOUR / 4) check(clock, naive, time + 60_000);
      }
    }
  });

  it('agree for steps of any fixed length and origin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 90 * DAY }), times, times, (lengthMs, origin, time) => {
        const clock = createFixedStepClock(lengthMs, origin);
        const naive = naiveFixed(lengthMs, origin);
        const zero = clock.indexOf(origin);
        expect(clock.startOf(zero)).toBe(origin);
        expect(clock.indexOf(time) - zero).toBe(naive.stepOf(time));
        expect(Math.abs(clock.indexOf(time))).toBeLessThan(2 ** 31);
        expect(clock.sameFrom(time)).toBe(naive.startOf(naive.stepOf(time)));
        expect(clock.sameUntil(time)).toBe(naive.startOf(naive.stepOf(time) + 1));
      }),
    );
  });

  function check(clock: StepClock, naive: ReturnType<typeof naiveCalendar>, time: number): void {
    const step = naive.stepOf(time);
    expect(clock.indexOf(time)).toBe(step);
    expect(clock.startOf(step)).toBe(naive.startOf(step));
    const [from, until] = [clock.sameFrom(time), clock.sameUntil(time)];
    expect(from).toBeLessThanOrEqual(time);
    expect(until).toBeGreaterThan(time);
    for (const t of [from, from + (until - from) / 3, until - 1]) expect(naive.stepOf(Math.floor(t))).toBe(step);
  }
});
