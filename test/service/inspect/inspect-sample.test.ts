import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { resolveStages } from '../../../src/service/config/resolve-stages.js';
import { type EventFindings, inspectSample } from '../../../src/service/inspect/inspect-sample.js';
import { type FlatRecord, flatten, type Sample } from '../../../src/service/inspect/sample.js';
import { toConfig } from '../../../src/service/inspect/to-config.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);

function sampleOf(records: readonly FlatRecord[], fields: Partial<Sample> = {}): Sample {
  const extent = `all ${records.length} records`;
  return {
    name: 'usage.ndjson',
    kind: 'file',
    format: 'ndjson',
    records,
    unreadable: 0,
    whole: true,
    extent,
    ...fields,
  };
}

function inspect(records: readonly FlatRecord[], fields: Partial<Sample> = {}): EventFindings {
  const findings = inspectSample(sampleOf(records, fields));
  if (findings.holds !== 'events') throw new Error('these are events');
  return findings;
}

/** Hourly readings of meters, higher by day. */
function readings(toTime: (ms: number) => unknown, days = 30): FlatRecord[] {
  const random = createRandom(1);
  return Array.from({ length: days * 24 }, (_, hour) =>
    Array.from({ length: 10 }, (_, meter) => ({
      meter_id: `m${meter}`,
      read_at: toTime(START + hour * HOUR),
      kwh: (hour % 24 > 7 ? 2 : 0.5) + 0.1 * random.normal(),
      quality: 'good',
    })),
  ).flat();
}

describe('inspectSample', () => {
  it.each([
    ['s', (ms: number) => ms / 1000],
    ['ms', (ms: number) => ms],
    ['us', (ms: number) => ms * 1000],
    ['ns', (ms: number) => String(BigInt(ms) * 1_000_000n)],
    ['iso', (ms: number) => new Date(ms).toISOString()],
  ])('finds customer, time in %s, value, step and window of meters with a daily rhythm', (unit, toTime) => {
    const { roles, events, window } = inspect(readings(toTime));
    expect(roles).toMatchObject({
      customer: { field: 'meter_id', alternatives: [] },
      time: { field: 'read_at', unit },
      values: ['kwh'],
    });
    expect(events).toMatchObject({
      events: 7200,
      customers: 10,
      first: START,
      perCustomer: { least: 720, most: 720 },
      gaps: { least: HOUR, median: HOUR, most: HOUR },
      regular: { gapMs: HOUR, share: 1 },
      outOfOrder: { share: 0, usualMs: 0, longestMs: 0 },
      duplicates: 0,
    });
    expect(window).toMatchObject({ step: 'hour', steps: 24, hop: 24, zeroSteps: 0 });
    expect(window.periodicity.periods[0]!.steps % 24).toBe(0);
  });

  it('counts what is out of order, doubled, zero, missing and negative, by hand', () => {
    const at = (minute: number, value: number | null, customer = 'a') => ({
      customer,
      time: START + minute * 60_000,
      value,
    });
    const records = [at(0, 1), at(10, 0), at(4, -1), at(10, 0), at(20, null, 'b'), at(30, 2), at(31, 3), at(32, 5)];
    const { events } = inspect([
      ...records,
      { customer: 'c', time: null, value: 1 },
      { customer: null, time: START, value: 1 },
    ]);
    expect(events).toMatchObject({
      events: 8,
      customers: 2,
      incomplete: 2,
      outOfOrder: { share: 1 / 8, longestMs: 6 * 60_000 },
      duplicates: 1,
      zeros: 2 / 7,
      missing: 1 / 8,
      negative: 1 / 7,
    });
    expect(events.gaps).toMatchObject({ least: 0, most: 20 * 60_000 });
  });

  it('is not misled by a spoilt time', () => {
    const records = [...readings((ms) => ms), { meter_id: 'm1', read_at: 4_000_000_000_000, kwh: 1 }];
    const { events, window } = inspect(records);
    expect(events.incomplete).toBe(1);
    expect(window.steps).toBe(24);
  });

  it('knows meter readings that only rise, types of values, ids of events and files by customer', () => {
    const records = ['x', 'y'].flatMap((user_id) =>
      Array.from({ length: 50 }, (_, i) => ({
        event_id: `${user_id}${i}`,
        user_id,
        type: i % 2 === 0 ? 'gas' : 'power',
        total: 100 + i,
        ts: START + i * HOUR,
      })),
    );
    const { roles, types, events } = inspect(records);
    expect(roles).toMatchObject({ eventId: 'event_id', type: { field: 'type' }, values: ['total'] });
    expect(types).toEqual(['gas', 'power']);
    expect(events).toMatchObject({ cumulative: true, byCustomer: true });
  });

  it('tells what else could be the customer', () => {
    const records = readings((ms) => ms).map((record, i) => ({ ...record, household: `h${i % 5}` }));
    expect(inspect(records).roles.customer).toMatchObject({ field: 'meter_id', alternatives: ['household'] });
  });

  it('knows windows that are cut already', () => {
    const records = [{ label: '1', s0: '1', s1: '2', s2: '3' }];
    expect(inspectSample(sampleOf(records))).toMatchObject({ holds: 'windows', steps: 3, channels: 1, label: 'label' });
  });

  it.each([
    [[], /holds no records/],
    [Array(2).fill({ a: 'x', b: 'y' }), /no field can be the event time.*a \(text, such as x\)/],
    [
      [
        { time: START, b: 1.5 },
        { time: START + 1, b: 2.5 },
      ],
      /no field can be the customer/,
    ],
  ])('says what is wrong with %j', (records, words) => {
    expect(() => inspectSample(sampleOf(records))).toThrow(words);
  });
});

describe('toConfig', () => {
  it.each([
    ['plain', 'meter_id', 'usage.ndjson'],
    ['hostile', 'meter: "x" # - y', 'a b\'s "usage": #1.csv'],
    ['dotted', 'meter.id', '2026.ndjson'],
    ['a word of YAML', 'no', 'true'],
  ])('writes a config that loads, for names that are %s', (_, customer, name) => {
    const records = readings((ms) => ms).map(({ meter_id, ...rest }) => ({ [customer]: meter_id, ...rest }));
    const text = toConfig(inspect(records, { name }));
    const config = loadConfig({ file: { path: 'segtide.yaml', text } });
    resolveStages(config);
    expect(config).toMatchObject({
      input: {
        paths: [name],
        fields: { customer, time: 'read_at' },
        time: { unit: 'ms' },
        channels: [{ field: 'kwh' }],
      },
      window: { step: 'hour', steps: 24, hop: 24 },
    });
  });

  it('writes topics, delimiters, lateness and readings where they were found', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      user: `u${i % 2}`,
      t: START + (i === 30 ? 0 : i * HOUR),
      total: i,
    }));
    const findings = inspect(rows, {
      csv: { delimiter: ';', header: ['user', 't', 'total'] },
      keys: rows.map(() => 'k'),
    });
    const text = toConfig(findings, { brokers: ['a:9092', 'b:9092'], groupId: 'g' });
    const config = loadConfig({ file: { path: 'segtide.yaml', text } });
    resolveStages(config);
    expect(config.input).toMatchObject({
      kind: 'kafka',
      keyed: 'repartition',
      csv: { delimiter: ';', header: ['user', 't', 'total'] },
      kafka: { brokers: ['a:9092', 'b:9092'], topics: ['usage.ndjson'], groupId: 'g' },
    });
    expect(config.window.outOfOrderness).toBe(29 * HOUR);
  });

  it('takes the longest list of numbers as an embedding, where records measure nothing', () => {
    const random = createRandom(2);
    const vector = (numbers: number): number[] => Array.from({ length: numbers }, () => random.normal());
    const visits = (more: object): FlatRecord[] =>
      Array.from({ length: 400 }, (_, i) =>
        flatten({
          ...{ user: `u${i % 20}`, t: START + i * HOUR, kind: i % 2 === 0 ? 'a' : 'b', words: 3 + (i % 7) },
          ...{ place: [48.1, 11.6], page: { title: vector(8), text: vector(i === 9 ? 24 : 32) } },
          ...more,
        }),
      );
    const findings = inspect(visits({}));
    expect(findings.roles).toMatchObject({
      ...{ values: [], unusedValues: ['words'] },
      embedding: { field: 'page.text', elements: 32 },
    });
    expect(findings.fields.map(({ name, type }) => [name, type])).toEqual([
      ...[
        ['user', 'text'],
        ['t', 'integer'],
        ['kind', 'text'],
        ['words', 'integer'],
      ],
      ...[
        ['page.title', 'embedding'],
        ['page.text', 'embedding'],
      ],
    ]);
    const config = loadConfig({ file: { path: 'segtide.yaml', text: toConfig(findings) } });
    const { ingest, window } = resolveStages(config);
    expect(ingest.channels.map(({ name }) => name)).toEqual(Array.from({ length: 32 }, (_, i) => `page.text.${i}`));
    expect(window.steps).toBe(1);
    expect(config).toMatchObject({ encoder: { kind: 'precomputed' }, cluster: { distance: 'cosine' } });

    expect(inspect(visits({ kwh: 2 })).roles).toMatchObject({ embedding: undefined, values: ['words', 'kwh'] });
  });
});
