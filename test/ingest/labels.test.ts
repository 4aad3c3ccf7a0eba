import avro from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAvroDecoder } from '../../src/ingest/avro-decoder.js';
import { createCsvParser } from '../../src/ingest/csv-parser.js';
import { ExactNumber } from '../../src/ingest/exact-number.js';
import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { LocalTime } from '../../src/ingest/local-time.js';
import { createNdjsonParser } from '../../src/ingest/ndjson-parser.js';
import { createObjectParser } from '../../src/ingest/object-parser.js';
import type { RecordParser } from '../../src/ingest/record-parser.js';
import { createRowParser } from '../../src/ingest/row-parser.js';
import type { UsageBatch } from '../../src/ingest/usage-batch.js';
import { toUsageBatch } from '../../src/ingest/usage-event.js';
import { createBatchColumns } from '../../src/transport/file/batch-columns.js';
import { shapeOf, shareColumns, toColumns } from '../../src/transport/parse-threads/shared-columns.js';

const OPTIONS: IngestOptions = {
  fields: { customer: 'id', time: 't', label: 'about.class' },
  channels: [{ name: 'usage', field: 'v' }],
  time: { unit: 'ms' },
};
const SETTINGS = resolveIngest(OPTIONS);
const T = 1_704_067_200_000;

type Label = string | number | boolean | null | undefined;

/** What a record says, as text; undefined where it says nothing. */
function classOf(label: Label): string | undefined {
  return label === null || label === undefined || label === '' ? undefined : String(label);
}

const NO_LINES = /^[^\r\n"]*$/;
const texts = fc.oneof(
  fc.constantFrom('', 'flat', 'weekday', 'true', '1', 'é'),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => NO_LINES.test(text)),
);
const labels: fc.Arbitrary<Label[]> = fc.array(
  fc.oneof(texts, fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, 0.5, -1e-7)),
  { maxLength: 30 },
);

/** Equal classes have equal codes, different ones different codes, and none has none. */
function expectCodes(batch: UsageBatch, said: readonly Label[]): void {
  expect(batch.deadLetters).toEqual([]);
  expect(batch.labels).toHaveLength(said.length);
  const codes = new Map<string, number>();
  for (const [i, label] of said.entries()) {
    const name = classOf(label);
    const code = batch.labels![i]!;
    if (name === undefined) expect(code).toBe(0);
    else {
      expect(code).not.toBe(0);
      expect(code).toBe(codes.get(name) ?? code);
      codes.set(name, code);
    }
  }
  expect(new Set(codes.values()).size).toBe(codes.size);
}

function parse(parser: RecordParser, text: string): UsageBatch {
  const bytes = Buffer.from(text);
  return parser.parse(bytes, 0, bytes.length, { source: 'f', row: 1, offset: 0 }, true).batch;
}

const recordOf = (label: Label) => ({ id: 'a', t: T, v: 1, about: { class: label } });
const linesOf = (said: readonly Label[]) => said.map((label) => `${JSON.stringify(recordOf(label))}\n`).join('');
const codeOf = (label: Label): number => parse(createNdjsonParser(SETTINGS), linesOf([label])).labels![0]!;

describe('labels', () => {
  it('are told apart in NDJSON as their texts are', () => {
    fc.assert(fc.property(labels, (said) => expectCodes(parse(createNdjsonParser(SETTINGS), linesOf(said)), said)));
  });

  it('are told apart in CSV as their texts are', () => {
    const row = (label: Label): string => `a,${T},1,"${label ?? ''}"\n`;
    fc.assert(
      fc.property(labels, (said) =>
        expectCodes(parse(createCsvParser(SETTINGS), `id,t,v,about.class\n${said.map(row).join('')}`), said),
      ),
    );
  });

  it('are told apart in rows of Parquet as their texts are', () => {
    fc.assert(
      fc.property(labels, (said) => {
        const batch = createRowParser(SETTINGS).parse(said.map(recordOf), { source: 'f', row: 1, offset: 0 });
        expectCodes(batch, said);
      }),
    );
  });

  it('are told apart in Avro as their texts are', async () => {
    const schema = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'id', type: 'string' },
        { name: 't', type: 'long' },
        { name: 'v', type: 'double' },
        {
          name: 'about',
          type: {
            type: 'record',
            name: 'A',
            fields: [{ name: 'class', type: ['null', 'string', 'long', 'boolean'] }],
          },
        },
      ],
    } as const;
    const written = avro.Type.forSchema(schema as unknown as avro.Schema, { wrapUnions: 'never' });
    const decoder = await createAvroDecoder(schema, { framing: 'none' });
    const said: Label[] = ['flat', null, 7, true, 'weekday', '7', 'flat', '', false];
    const parser = createObjectParser(SETTINGS);
    for (const [i, label] of said.entries()) {
      const payload = written.toBuffer(recordOf(label ?? null));
      const decoded = decoder.decode(payload);
      if (!('record' in decoded)) throw new Error(decoded.detail);
      parser.append(decoded.record, { source: 'k', row: i + 1, offset: i }, payload);
    }
    expectCodes(parser.takeBatch(), said);
  });

  it('have the same code in every format, and one that does not change from version to version', () => {
    const objects = createObjectParser(SETTINGS);
    const row = { source: 'k', row: 1, offset: 0 };
    for (const label of ['weekday', 7, 7n, new ExactNumber('7'), true]) {
      objects.append({ ...recordOf(null), about: { class: label } }, row);
    }
    objects.appendJson(Buffer.from(JSON.stringify(recordOf('weekday'))), row);
    const csv = parse(createCsvParser(SETTINGS), `id,t,v,about.class\na,${T},1,weekday\na,${T},1,7\na,${T},1,true\n`);
    const json = ['weekday', 7, true].map(codeOf);
    expect([...csv.labels!]).toEqual(json);
    expect([...objects.takeBatch().labels!]).toEqual([json[0], json[1], json[1], json[1], json[2], json[0]]);
    expect(json).toEqual([WEEKDAY, codeOf('7'), codeOf('true')]);
    const escaped = linesOf(['weekday']).replace('weekday', 'week\\u0064ay');
    expect([...parse(createNdjsonParser(SETTINGS), escaped).labels!]).toEqual([WEEKDAY]);
  });

  it.each([
    ['an object', '{"a":1}', 'is {"a":1}, not text, a number, true or false'],
    ['an array', '["flat"]', 'is ["flat"], not text, a number, true or false'],
    ['half a surrogate pair', '"\\ud800"', 'holds half a surrogate pair, which is no text'],
  ])('that are %s make a dead letter of their record alone', (_, label, why) => {
    const line = `{"id":"a","t":${T},"v":1,"about":{"class":${label}}}\n`;
    const batch = parse(createNdjsonParser(SETTINGS), `${linesOf(['x'])}${line}${linesOf([null])}`);
    expect([batch.length, [...batch.labels!]]).toEqual([2, [codeOf('x'), 0]]);
    expect(batch.deadLetters).toMatchObject([{ reason: 'invalid', row: 2, detail: `field \`about.class\` ${why}` }]);
  });

  it.each([
    ['a time', new Date(T)],
    ['a local time', new LocalTime(T)],
    ['no number', Number.NaN],
    ['an array', [1]],
  ])('of objects that are %s make a dead letter', (_, label) => {
    const parser = createObjectParser(SETTINGS);
    parser.append({ ...recordOf(null), about: { class: label } }, { source: 'k', row: 1, offset: 0 });
    expect(parser.takeBatch()).toMatchObject({ length: 0, deadLetters: [{ reason: 'invalid' }] });
  });

  it('are read of records that take the long way, too', () => {
    const { channels: _, ...rest } = OPTIONS;
    const settings = resolveIngest({
      ...rest,
      pivot: { field: 'type', values: ['in', 'out'], value: 'v' },
    });
    const lines = `{"id":"a","t":${T},"v":1,"type":"in","about":{"class":"flat"}}\n{"id":"a","t":${T},"v":1,"type":"out"}\n`;
    expect([...parse(createNdjsonParser(settings), lines).labels!]).toEqual([codeOf('flat'), 0]);
  });

  it('are a column of no batch where none is mapped', () => {
    const { label: _, ...fields } = OPTIONS.fields;
    expect(parse(createNdjsonParser(resolveIngest({ ...OPTIONS, fields })), linesOf(['x'])).labels).toBeUndefined();
    expect(toUsageBatch([{ customerId: 'a', eventTime: T, values: 1, label: 'x' }]).labels).toBeUndefined();
  });

  it('are taken from the events of a program that says so', () => {
    const events = ['x', null, undefined, 7].map((label, i) => ({
      customerId: `c${i}`,
      eventTime: T,
      values: 1,
      ...(label !== undefined && { label }),
    }));
    expect([...toUsageBatch(events, { labels: true }).labels!]).toEqual([codeOf('x'), 0, 0, codeOf(7)]);
  });

  it.each([false, true])('come from parser threads and merged files as they were parsed, event ids: %s', (hasIds) => {
    const fields = { ...OPTIONS.fields, ...(hasIds && { eventId: 't' }) };
    const said: Label[] = ['x', null, 'y', true, 'x'];
    const batch = parse(createNdjsonParser(resolveIngest({ ...OPTIONS, fields })), linesOf(said));
    const shared = toColumns(shareColumns(batch, undefined), shapeOf(batch));
    expect(shared.labels).toEqual(batch.labels);
    expect(shared.eventIds).toEqual(batch.eventIds);
    const merged = createBatchColumns(8, ['f']);
    for (const i of [3, 1, 0]) merged.append(batch, i, 0, T);
    expect([...merged.toBatch().labels!.subarray(0, 3)]).toEqual([3, 1, 0].map((i) => batch.labels![i]));
  });
});

/** Stored with the state of a stream. */
const WEEKDAY = 79_362_432;
