import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createZone, type Zone } from '../../src/numeric/zone.js';
import type { WindowOptions } from '../../src/window/window-options.js';
import { resolveWindow } from '../../src/window/window-settings.js';
import { createWindower, type Windower } from '../../src/window/windower.js';
import { naiveCalendar, naiveFixed } from './naive-calendar.js';
import { type NaiveOptions, naiveWindows } from './naive-windows.js';
import { type TestEvent, toUsageBatch } from './usage-events.js';
import { collect, join, type Outcome } from './window-rows.js';

const HOUR = 3_600_000;
const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Pacific/Apia',
];
/** Times around which the wall clock of one zone or another jumps, and plain ones. */
const MOMENTS = [
  '1970-01-01T00:00Z',
  '1999-12-31T22:00Z',
  '2011-12-30T09:00Z', // Apia skips a day
  '2013-03-10T06:00Z', // New York springs forward
  '2013-11-03T05:00Z', // and falls back
  '2017-10-15T02:00Z', // São Paulo skips midnight
  '2018-02-18T01:00Z', // and has it twice
  '2019-04-06T14:00Z', // Lord Howe, half an hour
  '2020-04-19T01:00Z', // Casablanca, Ramadan
  '2024-03-31T00:30Z', // Berlin
  '2099-10-25T00:30Z',
].map((text) => Date.parse(text));
const END = Date.UTC(2101, 0, 1);
const STEPS = ['hour', 'day', 'week', 'month', '15m', '1h', '7h'] as const;
const STEP_MS: Record<(typeof STEPS)[number], number> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 168 * HOUR,
  month: 730 * HOUR,
  '15m': HOUR / 4,
  '1h': HOUR,
  '7h': 7 * HOUR,
};
const AGGREGATES = ['sum', 'mean', 'min', 'max', 'last', 'count'] as const;

const zones = new Map<string, Zone>();
const zoneOf = (name: string): Zone => {
  const zone = zones.get(name) ?? createZone(name);
  zones.set(name, zone);
  return zone;
};

const values = fc.constantFrom(0, 1, 2.5, -3, 0.1, Number.NaN);
type Walk = [go: number, jitter: number, who: number, value: number, id: number][];
/** Steps to go on by, jitter in steps, customer, value, id. */
const sparseWalk: fc.Arbitrary<Walk> = fc.array(
  fc.tuple(
    fc.constantFrom(0, 0, 0, 0.2, 0.5, 1, 1, 2, 5, 30),
    fc.constantFrom(0, 0, 0, -0.3, -1, -4, -12),
    fc.nat({ max: 4 }),
    values,
    fc.nat({ max: 30 }),
  ),
  { minLength: 1, maxLength: 40 },
);
/** Few customers whose events come late but in time, so that results are revised. */
const denseWalk: fc.Arbitrary<Walk> = fc.array(
  fc.tuple(
    fc.constantFrom(0, 0.2, 0.5, 1),
    fc.constantFrom(0, 0, -1, -2, -3, -5, -7),
    fc.nat({ max: 2 }),
    values,
    fc.nat({ max: 90 }),
  ),
  { minLength: 20, maxLength: 60 },
);

const scenarios = fc
  .record({
    step: fc.constantFrom(...STEPS),
    timeZone: fc.constantFrom(...ZONES),
    moment: fc.constantFrom(...MOMENTS),
    steps: fc.integer({ min: 1, max: 6 }),
    hop: fc.integer({ min: 1, max: 9 }),
    origin: fc.boolean(),
    disorder: fc.constantFrom(0, 0.3, 2),
    lateness: fc.constantFrom(0, 0, 0.5, 3, 8),
    minObserved: fc.constantFrom(0, 0, 1, 2),
    ttl: fc.integer({ min: 0, max: 8 }),
    maxCustomers: fc.constantFrom(1000, 1000, 2, 3),
    deduplicate: fc.boolean(),
    every: fc.constantFrom(undefined, undefined, 1.7),
    atEnd: fc.constantFrom('complete' as const, 'partial' as const),
    aggregates: fc.array(fc.constantFrom(...AGGREGATES), { minLength: 1, maxLength: 3 }),
    pageWindows: fc.constantFrom(1, 2, 7, 4096),
    clock: fc.constantFrom(
      'own' as const,
      'own' as const,
      'own' as const,
      'lags' as const,
      'sparse' as const,
      'never' as const,
    ),
    cuts: fc.array(fc.nat({ max: 40 }), { maxLength: 6 }),
    walk: fc.oneof(sparseWalk, denseWalk),
  })
  .map((s) => {
    const stepMs = STEP_MS[s.step];
    const isCalendar = !/\d/.test(s.step);
    let at = s.moment;
    const events: TestEvent[] = s.walk.map(([go, jitter, who, value, id]) => {
      at = Math.min(at + Math.round(go * stepMs), END);
      const values = s.aggregates.map((_, c) => (c === 1 && id % 3 === 0 ? Number.NaN : value + c));
      const time = at + Math.round(jitter * stepMs);
      const clocks = { own: time, lags: time - 9 * stepMs, sparse: id % 3 ? -Infinity : time, never: -Infinity };
      const event = { customer: `customer-${'é'.repeat(who)}${who}`, time, values, id };
      return s.clock === 'own' ? event : { ...event, clock: clocks[s.clock] };
    });
    const minObserved = Math.min(s.minObserved, s.steps);
    const options: WindowOptions = {
      step: s.step,
      steps: s.steps,
      hop: s.hop,
      timeZone: s.timeZone,
      outOfOrderness: Math.round(s.disorder * stepMs),
      allowedLateness: Math.round(s.lateness * stepMs),
      minObserved,
      maxCustomers: s.maxCustomers,
      maxAhead: '10000d',
      deduplicate: s.deduplicate,
      emit: s.every === undefined ? 'onClose' : Math.round(s.every * stepMs),
      atEnd: s.atEnd,
      channels: s.aggregates.map((aggregate, c) => ({ name: `c${c}`, aggregate })),
      pageWindows: s.pageWindows,
      ...(s.origin && { origin: s.moment + 17 * 60_000 }),
    };
    // The silence is given in steps here: a calendar has no exact length to turn a duration into steps by.
    const settings = { ...resolveWindow(options, zoneOf(s.timeZone)), customerTtlSteps: s.steps + s.ttl };
    const calendar = isCalendar
      ? naiveCalendar(s.step as 'hour', s.timeZone)
      : naiveFixed(stepMs, s.origin ? s.moment + 17 * 60_000 : 0);
    const naive: NaiveOptions = {
      calendar,
      steps: s.steps,
      hop: s.hop,
      phase: s.origin ? calendar.stepOf(s.moment + 17 * 60_000) : 0,
      outOfOrderness: Math.round(s.disorder * stepMs),
      lateness: Math.round(s.lateness * stepMs),
      minObserved,
      ttl: s.steps + s.ttl,
      maxCustomers: s.maxCustomers,
      deduplicate: s.deduplicate,
      every: s.every === undefined ? undefined : Math.round(s.every * stepMs),
      atEnd: s.atEnd,
      aggregates: s.aggregates,
    };
    return { events, settings, naive, cuts: [...s.cuts].sort((a, b) => a - b), channels: s.aggregates.length };
  });

type Scenario = typeof scenarios extends fc.Arbitrary<infer S> ? S : never;

/** Pushes the events in batches that end at the cuts; `between` may replace the windower. */
function run({ events, settings, cuts, channels }: Scenario, between = (windower: Windower): Windower => windower) {
  let windower = createWindower(settings);
  const outcomes: Outcome[] = [];
  let from = 0;
  for (const to of [...cuts.filter((cut) => cut < events.length), events.length]) {
    outcomes.push(collect(windower.push(toUsageBatch(events.slice(from, to), channels, from + 1))));
    windower = between(windower);
    from = to;
  }
  outcomes.push(collect(windower.finish()));
  return { ...join(outcomes), fates: windower.fates, counters: windower.counters };
}

describe('windows, against naive ones', () => {
  it('are the same, whatever the zone, the geometry, the disorder and the cuts into batches and pages', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const ours = run(scenario);
        const naive = naiveWindows(scenario.naive, scenario.events);
        expect(ours.rows).toEqual(naive.rows);
        expect(ours.late.map((event) => event.eventTime)).toEqual(naive.late);
        expect(ours.fates).toEqual(naive.fates);
        expect(ours.counters).toMatchObject({
          evictedByTtl: naive.evictedByTtl,
          evictedByCap: naive.evictedByCap,
          incompleteWindows: naive.incomplete,
          customers: naive.customers,
        });
        const { in: all, accepted, late, duplicate, deadLettered, quarantined, skipped } = ours.fates;
        expect(all).toBe(accepted + late + duplicate + deadLettered + quarantined + skipped);
        expect(all).toBe(scenario.events.length);
      }),
      { numRuns: 7000 },
    );
  });

  it('go on from a snapshot at any record as if never stopped', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const resumed = run(scenario, (windower) =>
          createWindower(scenario.settings, structuredClone(windower.snapshot())),
        );
        const whole = run({ ...scenario, cuts: [] });
        expect(resumed.rows).toEqual(whole.rows);
        expect(resumed.fates).toEqual(whole.fates);
        expect({ ...resumed.counters, stateBytes: 0 }).toEqual({ ...whole.counters, stateBytes: 0 });
      }),
      { numRuns: 3500 },
    );
  });
});
