import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveWindow } from '../../src/window/window-settings.js';
import { createWindower } from '../../src/window/windower.js';
import { type TestEvent, toUsageBatch } from './usage-events.js';
import { collect, join } from './window-rows.js';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const event = (customer: string, day: number): TestEvent => ({ customer, time: START + day * DAY });
const settings = resolveWindow({ step: 'day', steps: 1, outOfOrderness: 0 });

function run(events: readonly TestEvent[], cuts: readonly number[] = []) {
  const windower = createWindower(settings);
  const outcomes = [0, ...cuts].map((from, k) =>
    collect(windower.push(toUsageBatch(events.slice(from, cuts[k] ?? events.length), 1, from + 1))),
  );
  outcomes.push(collect(windower.finish()));
  return { ...join(outcomes), fates: windower.fates };
}

const regular = (customers: readonly string[], days: number): TestEvent[] =>
  Array.from({ length: days }, (_, day) => customers.map((customer) => event(customer, day))).flat();

describe('a replay', () => {
  it('quarantines dates far ahead of the watermark, with the original bytes, and goes on', () => {
    const windower = createWindower(settings);
    const events = [...regular(['a', 'b', 'c'], 3), event('a', 4000), ...regular(['a', 'b', 'c'], 6).slice(9)];
    const pages = [...windower.push(toUsageBatch(events)), ...windower.finish()];
    expect(pages.flatMap((page) => [...page.quarantined])).toEqual([
      {
        reason: 'future',
        detail: expect.stringContaining('2034-12-14T00:00:00.000Z lies beyond 2024-02-02T00:00:00.000Z'),
        source: 'events.ndjson',
        row: 10,
        offset: 1000,
        bytes: new TextEncoder().encode('record 10'),
        truncated: false,
      },
    ]);
    expect(windower.fates).toMatchObject({ in: 19, accepted: 18, late: 0, quarantined: 1 });
  });

  it('believes three customers who agree, and the stream goes on from there', () => {
    const { fates, quarantined } = run([
      ...regular(['a', 'b', 'c'], 2),
      event('a', 100),
      event('b', 101),
      event('c', 100),
      event('a', 101),
    ]);
    expect(quarantined).toEqual([7, 8]);
    expect(fates).toMatchObject({ accepted: 8, quarantined: 2, late: 0 });
  });

  it('does not believe one customer however often it says so, nor three who do not agree', () => {
    const alone = [90, 91, 92, 93, 94].map((day) => event('a', day));
    expect(run([...regular(['a', 'b', 'c'], 2), ...alone]).fates.quarantined).toBe(5);
    const apart = [event('a', 100), event('b', 140), event('c', 180)];
    expect(run([...regular(['a', 'b', 'c'], 2), ...apart]).fates.quarantined).toBe(3);
  });

  it('believes three records of a stream that has but one customer', () => {
    const { quarantined } = run([...regular(['a'], 5), ...[90, 91, 92, 93].map((day) => event('a', day))]);
    expect(quarantined).toEqual([6, 7]);
  });

  it('does not let a wrong first date set the watermark', () => {
    const { fates, quarantined } = run([event('x', 9999), ...regular(['a', 'b', 'c'], 4)]);
    expect(quarantined).toEqual([1]);
    expect(fates).toMatchObject({ accepted: 12, late: 0, quarantined: 1 });
  });

  it('decides by the median where three customers never come', () => {
    const { quarantined, fates } = run([event('x', 9999), ...regular(['a'], 5)]);
    expect(quarantined).toEqual([1]);
    expect(fates).toMatchObject({ accepted: 5, late: 0 });
  });

  it('decides after 1,000 records at the latest', () => {
    const windower = createWindower(settings);
    const hours = Array.from({ length: 1000 }, (_, k) => event('a', k / 24));
    expect(collect(windower.push(toUsageBatch(hours.slice(0, 999)))).rows).toEqual([]);
    expect(windower.fates.in).toBe(0);
    expect(collect(windower.push(toUsageBatch(hours.slice(999)))).rows).toHaveLength(41);
    expect(windower.fates.in).toBe(1000);
  });

  it("does not let the clock of another file's wrong head drive the watermark", () => {
    const events = regular(['a', 'b', 'c'], 3).map((e, k) => (k === 4 ? { ...e, clock: START + 9999 * DAY } : e));
    expect(run(events).fates).toMatchObject({ accepted: 9, late: 0 });
  });

  it('gives the same whatever the batches, wrong dates or not', () => {
    const days = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(0, 0, 0, 1, 2, 40, 90, 5000), fc.boolean()),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(days, fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), (list, cutList) => {
        let day = 0;
        const events = list.map(([customer, jump, stays]) => {
          if (stays) day += Math.min(jump, 2);
          return event(customer, stays ? day : day + jump);
        });
        const cuts = [...new Set(cutList.filter((cut) => cut > 0 && cut < events.length))].sort((a, b) => a - b);
        const whole = run(events);
        const { in: all, accepted, late, quarantined } = whole.fates;
        expect(all).toBe(events.length);
        expect(all).toBe(accepted + late + quarantined);
        expect(run(events, cuts)).toEqual(whole);
      }),
      { numRuns: 1500 },
    );
  });

  it('does not believe wrong dates that are strewn over a stream, though they are alike', () => {
    const days = Array.from({ length: 10 }, (_, day) => day);
    const ordinary = (day: number) => Array.from({ length: 600 }, (_, i) => event(`c${i}`, day));
    const events = days.flatMap((day) => [...ordinary(day), event(`c${day}`, day + 365)]);
    expect(run(events, [700, 4500]).fates).toEqual(run(events).fates);
    expect(run(events).fates).toMatchObject({ accepted: 6000, quarantined: 10, late: 0 });
  });
});

describe('a live stream', () => {
  const now = START + 100 * DAY;

  it('quarantines events more than an hour beyond the clock, and needs no probation', () => {
    const windower = createWindower(settings);
    const events = [
      { customer: 'a', time: now },
      { customer: 'b', time: now + 3_600_001 },
      { customer: 'c', time: now + 3_600_000 },
    ];
    expect(collect(windower.push(toUsageBatch(events), now)).quarantined).toEqual([2]);
    expect(windower.fates).toMatchObject({ in: 3, accepted: 2, quarantined: 1 });
  });

  it('closes the windows of an idle input by the clock, the out-of-orderness behind it', () => {
    const windower = createWindower(resolveWindow({ step: '1h', steps: 1, outOfOrderness: '5m', idleTimeout: '1m' }));
    collect(windower.push(toUsageBatch([{ customer: 'a', time: now }]), now));
    expect(collect(windower.advance(now + 3_600_000 + 359_999)).rows).toEqual([]);
    expect(collect(windower.advance(now + 3_600_000 + 360_000)).rows).toMatchObject([
      { customer: 'a', start: now, final: 1 },
    ]);
    const quiet = collect(windower.advance(now + 3 * 3_600_000)).rows;
    expect(quiet.map((row) => row.mask)).toEqual([[1]]); // silent, not gone
  });

  it('does not run ahead of an input that is not idle', () => {
    const windower = createWindower(resolveWindow({ step: '1h', steps: 1, idleTimeout: '10m' }));
    collect(windower.push(toUsageBatch([{ customer: 'a', time: now - 50 * DAY }]), now));
    expect(collect(windower.advance(now + 599_999)).rows).toEqual([]);
    expect(collect(windower.push(toUsageBatch([{ customer: 'a', time: now - 50 * DAY }]), now + 600_000)).rows).toEqual(
      [],
    );
    expect(windower.fates).toMatchObject({ accepted: 2, late: 0 });
  });
});
