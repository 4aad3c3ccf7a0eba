import { describe, expect, it } from 'vitest';
import type { WindowOptions } from '../../src/window/window-options.js';
import { resolveWindow } from '../../src/window/window-settings.js';
import { createWindower } from '../../src/window/windower.js';
import { type TestEvent, toUsageBatch } from './usage-events.js';
import { collect } from './window-rows.js';

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const at = (hours: number): number => START + hours * HOUR;
const three: WindowOptions = { step: 'hour', steps: 3, outOfOrderness: 0 };
const event = (customer: string, hours: number, ...values: number[]): TestEvent => ({
  customer,
  time: at(hours),
  ...(values.length > 0 && { values }),
});

function run(options: WindowOptions, events: readonly TestEvent[]) {
  const windower = createWindower(resolveWindow(options));
  const pushed = collect(windower.push(toUsageBatch(events, options.channels?.length ?? 1)));
  const ended = collect(windower.finish());
  return { pushed, ended, rows: [...pushed.rows, ...ended.rows], fates: windower.fates, counters: windower.counters };
}

describe('windows of a hand-worked stream', () => {
  it('hold finite numbers: what overflows is the largest of single precision', () => {
    const most = (2 - 2 ** -23) * 2 ** 127;
    const sums: WindowOptions = { ...three, channels: [{ name: 'up' }, { name: 'down' }] };
    const means: WindowOptions = { ...three, channels: [{ name: 'up', aggregate: 'mean' }, { name: 'down' }] };
    for (const options of [sums, means]) {
      const events = [event('a', 0, 3e38, -3e38), event('a', 0, 3e38, -3e38), event('a', 0, 1, 1), event('a', 2, 1, 1)];
      expect(run(options, events).rows[0]!.values.slice(0, 2)).toEqual([most, -most]);
    }
  });

  it("sum a customer's events by step, and tell zero and not-yet-a-customer apart", () => {
    const { rows } = run(three, [
      event('a', 0, 1),
      event('b', 1.5, 5),
      event('a', 0.5, 2),
      event('a', 2, 4),
      event('a', 6),
    ]);
    expect(rows).toEqual([
      {
        customer: 'a',
        start: at(0),
        end: at(3),
        revision: 0,
        final: 1,
        evicted: 0,
        values: [3, 0, 4],
        mask: [0, 1, 0],
        observedSteps: 2,
      },
      {
        customer: 'b',
        start: at(0),
        end: at(3),
        revision: 0,
        final: 1,
        evicted: 0,
        values: [0, 5, 0],
        mask: [3, 0, 1],
        observedSteps: 1,
      },
      {
        customer: 'a',
        start: at(3),
        end: at(6),
        revision: 0,
        final: 1,
        evicted: 0,
        values: [0, 0, 0],
        mask: [1, 1, 1],
        observedSteps: 0,
      },
      {
        customer: 'b',
        start: at(3),
        end: at(6),
        revision: 0,
        final: 1,
        evicted: 0,
        values: [0, 0, 0],
        mask: [1, 1, 1],
        observedSteps: 0,
      },
    ]);
  });

  it('aggregate each channel in its own way', () => {
    const aggregates = ['sum', 'mean', 'min', 'max', 'last', 'count'] as const;
    const channels = aggregates.map((aggregate) => ({ name: aggregate, aggregate }));
    const six = (value: number): number[] => new Array<number>(6).fill(value);
    const { rows } = run({ ...three, steps: 1, channels }, [
      event('a', 0.1, ...six(4)),
      event('a', 0.9, ...six(1)),
      event('a', 0.5, ...six(7)),
      event('a', 1.5, 2, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN),
      event('a', 2.5, ...six(0)),
    ]);
    expect(rows[0]).toMatchObject({ values: [12, 4, 1, 7, 1, 3], mask: [0, 0, 0, 0, 0, 0] });
    expect(rows[1]).toMatchObject({ values: [2, 0, 0, 0, 0, 0], mask: [0, 2, 2, 2, 2, 1] });
  });

  it('difference cumulative readings', () => {
    const channels = [{ name: 'kWh', cumulative: true }];
    const { rows } = run({ ...three, channels }, [
      event('a', 0, 100),
      event('a', 1, 107),
      event('a', 1.5, 108),
      event('a', 2, 3),
    ]);
    expect(rows[0]).toMatchObject({ values: [0, 8, 3], mask: [1, 0, 0] });
  });

  it("share their steps where they overlap, and begin with the stream's first step", () => {
    const { rows } = run({ ...three, hop: 1 }, [event('a', 1), event('a', 2, 2), event('a', 3, 3), event('a', 4, 4)]);
    expect(rows.map((row) => [row.start, row.values])).toEqual([
      [at(1), [1, 2, 3]],
      [at(2), [2, 3, 4]],
    ]);
  });

  it('skip what lies between windows that do not touch', () => {
    const { rows, fates } = run({ ...three, steps: 1, hop: 3 }, [
      event('a', 0),
      event('a', 1),
      event('a', 2),
      event('a', 3),
    ]);
    expect(rows.map((row) => row.start)).toEqual([at(0), at(3)]);
    expect(fates).toMatchObject({ in: 4, accepted: 2, skipped: 2 });
  });

  it('close before the record is added that closes them', () => {
    const windower = createWindower(resolveWindow(three));
    collect(windower.push(toUsageBatch([event('a', 0), event('b', 0), event('c', 0)])));
    expect(collect(windower.push(toUsageBatch([event('a', 2.999)]))).rows).toEqual([]);
    expect(collect(windower.push(toUsageBatch([event('a', 3)]))).rows.map((row) => row.customer)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('call late only what no window takes any more, and hand it out with the watermark it came behind', () => {
    const options = { ...three, hop: 1, outOfOrderness: '30m' };
    // At 3.5 the windows [-2, 1) to [0, 3) have ended, [1, 4) has not.
    const { ended, fates } = run(options, [event('a', 0), event('a', 4), event('a', 1.2), event('b', 0.5)]);
    expect(fates).toMatchObject({ accepted: 3, late: 1 });
    expect(ended.late).toEqual([
      {
        customerId: 'b',
        eventTime: at(0.5),
        values: [1],
        watermark: at(3.5),
        source: 'events.ndjson',
        row: 4,
        offset: 400,
      },
    ]);
  });

  it('revise a result at once while lateness is allowed', () => {
    const options = { ...three, allowedLateness: '2h' };
    const { rows, fates } = run(options, [
      event('a', 0),
      event('a', 3),
      event('a', 1, 9),
      event('b', 2),
      event('a', 1, 1),
      event('a', 5),
      event('a', 1),
    ]);
    expect(
      rows.map(({ customer, start, revision, values, mask }) => ({ customer, start, revision, values, mask })),
    ).toEqual([
      { customer: 'a', start: at(0), revision: 0, values: [1, 0, 0], mask: [0, 1, 1] },
      { customer: 'a', start: at(0), revision: 1, values: [1, 9, 0], mask: [0, 0, 1] },
      { customer: 'b', start: at(0), revision: 0, values: [0, 0, 1], mask: [3, 3, 0] },
      { customer: 'a', start: at(0), revision: 2, values: [1, 10, 0], mask: [0, 0, 1] },
      { customer: 'a', start: at(3), revision: 0, values: [1, 0, 1], mask: [0, 1, 0] },
      { customer: 'b', start: at(3), revision: 0, values: [0, 0, 0], mask: [1, 1, 1] },
    ]);
    expect(fates.late).toBe(1);
  });

  it('refuse an event whose id was accepted before', () => {
    const events = [1, 1, 2].map((id) => ({ ...event('a', 0), id }));
    const { fates } = run({ ...three, deduplicate: true }, events);
    expect(fates).toMatchObject({ in: 3, accepted: 2, duplicate: 1 });
  });

  it('give silent customers windows of zeros until they are forgotten', () => {
    const clock = Array.from({ length: 15 }, (_, k) => event('clock', k));
    const { rows, counters } = run({ ...three, customerTtl: '5h' }, [event('a', 0), ...clock]);
    expect(rows.filter((row) => row.customer === 'a').map((row) => row.start)).toEqual([at(0), at(3)]);
    expect(counters).toMatchObject({ evictedByTtl: 1, customers: 1 });
  });

  it('give windows of evicted customers out as they are, marked', () => {
    const { rows, counters } = run({ ...three, maxCustomers: 2 }, [event('a', 0, 7), event('b', 1), event('c', 1)]);
    expect(rows[0]).toMatchObject({ customer: 'a', final: 0, evicted: 1, values: [7, 0, 0], mask: [0, 1, 2] });
    expect(counters).toMatchObject({ evictedByCap: 1, customers: 2 });
  });

  it('leave windows out that the end of the input cuts short, or give them out as partial', () => {
    const events = [event('a', 0), event('a', 3), event('a', 4)];
    const complete = run(three, events);
    expect(complete.rows.map((row) => row.start)).toEqual([at(0)]);
    expect(complete.counters.incompleteWindows).toBe(1);
    const partial = run({ ...three, atEnd: 'partial' }, events);
    expect(partial.rows[1]).toMatchObject({ start: at(3), final: 0, values: [1, 1, 0], mask: [0, 0, 2] });
  });

  it('have provisional results on request and every so often', () => {
    const windower = createWindower(resolveWindow(three));
    collect(windower.push(toUsageBatch([event('a', 0), event('b', 0), event('c', 1)])));
    const open = collect(windower.provisional()).rows;
    expect(open.map((row) => [row.customer, row.final, row.mask])).toEqual([
      ['a', 0, [0, 1, 2]],
      ['b', 0, [0, 1, 2]],
      ['c', 0, [3, 0, 2]],
    ]);
    const { rows } = run({ ...three, emit: '1h' }, [event('a', 0), event('a', 1), event('a', 2), event('a', 3)]);
    expect(rows.map((row) => [row.start, row.final, row.values])).toEqual([
      [at(0), 0, [1, 0, 0]],
      [at(0), 0, [1, 1, 0]],
      [at(0), 1, [1, 1, 1]],
    ]);
  });
});

describe('bad input', () => {
  it('leaves an empty stream empty, with one page a call', () => {
    const windower = createWindower(resolveWindow(three));
    expect([...windower.push(toUsageBatch([]))]).toHaveLength(1);
    expect([...windower.finish()].map((page) => page.length)).toEqual([0]);
    expect(windower.fates.in).toBe(0);
  });

  it('takes one event', () => {
    expect(run({ ...three, steps: 1 }, [event('a', 0, 5)]).rows).toMatchObject([{ customer: 'a', values: [5] }]);
  });

  it('counts only late events and closes nothing by them', () => {
    const old = Array.from({ length: 500 }, (_, k) => event(`old-${k}`, k / 200));
    const { fates, pushed, counters } = run(three, [event('a', 100), event('b', 100), event('c', 100), ...old]);
    expect(fates).toMatchObject({ in: 503, accepted: 3, late: 500 });
    expect(pushed.late).toHaveLength(500);
    expect(counters.customers).toBe(3);
  });

  it('takes a million customers with one event each', () => {
    const windower = createWindower(resolveWindow({ ...three, minObserved: 1 }));
    let rows = 0;
    for (let batch = 0; batch < 100; batch++) {
      const events = Array.from({ length: 10_000 }, (_, k) => event(`c${batch * 10_000 + k}`, batch / 25));
      for (const page of windower.push(toUsageBatch(events))) rows += page.length;
    }
    for (const page of windower.finish()) rows += page.length;
    expect(windower.counters.customers).toBe(1_000_000);
    expect(rows).toBe(750_000); // those of the first three hours; the last window has one step of three
    expect(windower.counters.incompleteWindows).toBe(250_000);
  });

  it('takes a customer that has nine of ten events', () => {
    const events = Array.from({ length: 50_000 }, (_, k) => event(k % 10 === 0 ? `c${k % 97}` : 'hot', k / 10_000, 1));
    const { rows } = run({ ...three, steps: 1 }, events);
    expect(rows.filter((row) => row.customer === 'hot').map((row) => row.values[0])).toEqual([
      9000, 9000, 9000, 9000, 9000,
    ]);
  });

  it('takes a gap of years at once, whatever the steps', () => {
    const later = Date.UTC(2034, 0, 1);
    const options: WindowOptions = { step: '1m', steps: 60, hop: 1, outOfOrderness: 0, maxAhead: '9000d' };
    const { rows, counters } = run(options, [
      event('a', 0),
      { customer: 'a', time: later },
      { customer: 'a', time: later + 36e5 },
    ]);
    expect(counters.evictedByTtl).toBe(1);
    expect(rows.length).toBeLessThan(400);
  });

  it('quarantines what no calendar can hold', () => {
    const { fates } = run(three, [event('a', 0), event('b', 0), event('c', 0), { customer: 'd', time: -1e13 }]);
    expect(fates).toMatchObject({ in: 4, accepted: 3, quarantined: 1 });
  });
});

describe('a windower', () => {
  it('hands windows out in bounded pages, made as they are taken', () => {
    const windower = createWindower(resolveWindow({ ...three, pageWindows: 4 }));
    collect(windower.push(toUsageBatch(Array.from({ length: 10 }, (_, k) => event(`c${k}`, 0)))));
    const sizes = [...windower.push(toUsageBatch([event('c0', 3)]))].map((page) => page.length);
    expect(sizes).toEqual([4, 4, 2]);
  });

  it('refuses the next call before all pages are taken, and any after the end', () => {
    const windower = createWindower(resolveWindow(three));
    const pages = windower.push(toUsageBatch([event('a', 0)]));
    expect(() => windower.push(toUsageBatch([]))).toThrow(/take all pages/);
    expect(() => windower.snapshot()).toThrow(/take all pages/);
    collect(pages);
    collect(windower.finish());
    expect(() => windower.push(toUsageBatch([]))).toThrow(/finished/);
  });

  it('names released slots, and gives them to others only by a later call', () => {
    const windower = createWindower(resolveWindow({ ...three, maxCustomers: 2 }));
    const pages = [...windower.push(toUsageBatch([event('a', 0), event('b', 0), event('c', 0), event('d', 0)]))];
    const released = pages.flatMap((page) => [...page.released]);
    expect(released.map((slot) => pages[0]!.ids.text(slot))).toEqual(['a', 'b']);
  });

  it('tells the span of the accepted events and the watermark, also after a snapshot', () => {
    const settings = resolveWindow({ ...three, outOfOrderness: '30m', maxAhead: '1d' });
    const first = createWindower(settings);
    expect([first.acceptedTimes, first.watermark]).toEqual([null, -Infinity]);
    const agreeing = ['a', 'b', 'c'].map((customer) => event(customer, 6));
    collect(first.push(toUsageBatch([...agreeing, event('a', 0), event('a', 100), event('a', 7)])));
    const windower = createWindower(settings, first.snapshot());
    expect(windower.fates).toMatchObject({ accepted: 4, late: 1, quarantined: 1 });
    expect([windower.acceptedTimes, windower.watermark]).toEqual([[at(6), at(7)], at(6.5)]);
    collect(windower.push(toUsageBatch([event('b', 8)])));
    expect(windower.acceptedTimes).toEqual([at(6), at(8)]);
  });

  it('does not close a window of many months for a date a year ahead', () => {
    const onDay = (customer: string, day: number) => event(customer, 24 * day);
    const days = Array.from({ length: 300 }, (_, day) => ['a', 'b', 'c', 'd'].map((customer) => onDay(customer, day)));
    const { rows, fates } = run({ step: 'day', steps: 579, origin: '2024-01-01' }, [
      ...days.flat(),
      onDay('a', 280 + 365),
      onDay('b', 300),
    ]);
    expect(rows).toEqual([]);
    expect(fates).toMatchObject({ in: 1202, accepted: 1201, late: 0, quarantined: 1 });
  });

  it('refuses a snapshot of other settings or of another format', () => {
    const snapshot = createWindower(resolveWindow(three)).snapshot();
    expect(() => createWindower(resolveWindow({ ...three, steps: 4 }), snapshot)).toThrow(/other settings/);
    const other = { ...snapshot, format: 99 } as unknown as typeof snapshot;
    expect(() => createWindower(resolveWindow(three), other)).toThrow(/format 99/);
  });

  it('refuses events with another number of channels', () => {
    const windower = createWindower(resolveWindow(three));
    expect(() => windower.push(toUsageBatch([event('a', 0, 1, 2)], 2))).toThrow(/1 channels but events have 2/);
  });
});

describe('a customer who is to be forgotten', () => {
  const forget = (windower: ReturnType<typeof createWindower>, customer: string) => [
    ...windower.forget(new TextEncoder().encode(customer)),
  ];

  it('has no windows any more, is new when it comes again, and leaves the others as they are', () => {
    const settings = resolveWindow(three);
    const windower = createWindower(settings);
    const straight = createWindower(settings);
    collect(windower.push(toUsageBatch([event('a', 0), event('b', 0), event('b', 1)]), at(1)));
    collect(straight.push(toUsageBatch([event('b', 0), event('b', 1)]), at(1)));
    const [page] = forget(windower, 'a');
    expect([...page!.released]).toHaveLength(1);
    expect(windower.counters.customers).toBe(1);
    const later = toUsageBatch([event('a', 2), event('b', 2), event('a', 4)]);
    const rows = collect(windower.push(later, at(4))).rows;
    expect(rows.filter(({ customer }) => customer === 'b')).toEqual(
      collect(straight.push(later, at(4))).rows.filter(({ customer }) => customer === 'b'),
    );
    expect(rows.find(({ customer }) => customer === 'a')).toMatchObject({ values: [0, 0, 1], observedSteps: 1 });
  });

  it('may be unknown', () => {
    const windower = createWindower(resolveWindow(three));
    collect(windower.push(toUsageBatch([event('a', 0)]), at(1)));
    expect(forget(windower, 'nobody').map(({ released }) => [...released])).toEqual([[]]);
    expect(windower.counters.customers).toBe(1);
  });

  it('may be asked for before the first event', () => {
    const windower = createWindower(resolveWindow(three));
    expect(forget(windower, 'a').map(({ released }) => [...released])).toEqual([[]]);
    collect(windower.push(toUsageBatch([event('a', 0)])));
    expect(() => forget(windower, 'a')).toThrow(/what time it is/);
  });
});
