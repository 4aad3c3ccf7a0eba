import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SegtideError } from '../../src/errors.js';
import { createCsvParser } from '../../src/ingest/csv-parser.js';
import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { MOST_TO_FLOAT32 } from '../../src/numeric/float32.js';
import { parseInChunks, type ReadAll } from './read-batch.js';

const OPTIONS: IngestOptions = {
  fields: { customer: 'id', time: 'time' },
  channels: [{ name: 'usage', field: 'usage' }],
};
const T = Date.UTC(2013, 0, 1);
const DAY = '2013-01-01';

function parse(text: string | Uint8Array, options: Partial<IngestOptions> = {}, sizes?: readonly number[]): ReadAll {
  const parser = createCsvParser(resolveIngest({ ...OPTIONS, ...options }));
  return parseInChunks(parser, typeof text === 'string' ? Buffer.from(text) : text, sizes);
}

const ids = (all: ReadAll): string[] => all.events.map((event) => event.id);
const refusals = (all: ReadAll): string[] => all.deadLetters.map((d) => `${d.row} ${d.reason}: ${d.detail}`);

describe('csv parser', () => {
  it('reads columns by name, rows counted from the header', () => {
    const all = parse(`x,usage,id,time\n,1.5,a,${DAY}\n"q",-2,b,2013-01-01T00:00:01Z\n`);
    expect(refusals(all)).toEqual([]);
    expect(all.events).toMatchObject([
      { id: 'a', time: T, values: [1.5], row: 2, offset: 16, original: `,1.5,a,${DAY}` },
      { id: 'b', time: T + 1000, values: [-2], row: 3, offset: 34, original: '"q",-2,b,2013-01-01T00:00:01Z' },
    ]);
    expect(all.rows).toBe(3);
  });

  it('takes quotes, doubled quotes and line feeds in quotes', () => {
    const all = parse(`id,time,usage\r\n"a ""x"", y",${DAY},"1"\r\n"b\n1",${DAY},2\r\n"c",${DAY},3`);
    expect(ids(all)).toEqual(['a "x", y', 'b\n1', 'c']);
    expect(all.events.map((event) => event.row)).toEqual([2, 3, 4]);
    expect(all.events.map((event) => event.values[0])).toEqual([1, 2, 3]);
  });

  it('takes a byte order mark, blank lines, other delimiters and dotted names', () => {
    const all = parse(`\ufeff"data.id";time;usage\n\na;${DAY};1\n\r\nb;${DAY};2\n\n`, {
      fields: { customer: 'data.id', time: 'time' },
      csv: { delimiter: ';' },
    });
    expect(ids(all)).toEqual(['a', 'b']);
    expect(all.events.map((event) => event.row)).toEqual([3, 5]);
  });

  it('takes column names from the options, or numbers them', () => {
    const text = `a,${DAY},1\nb,${DAY},2\n`;
    const named = parse(text, { csv: { header: ['id', 'time', 'usage'] } });
    expect(named.events.map((event) => [event.row, event.offset])).toEqual([
      [1, 0],
      [2, 15],
    ]);
    const numbered = parse(text, {
      fields: { customer: '1', time: '2' },
      channels: [{ name: 'usage', field: '3' }],
      csv: { header: false },
    });
    expect(numbered.events).toEqual(named.events);
  });

  it('says why it refuses a row', () => {
    const rows = [
      `,${DAY},1`,
      `a,${DAY},`,
      `a,${DAY}`,
      `a,${DAY},1,2`,
      `a,${DAY},one`,
      `a,${DAY},0x10`,
      `a,${DAY},NaN`,
      `a,${DAY},-inf`,
      `a,${DAY},1e999`,
      'a,2013-02-30,1',
      'a,1960-01-01,1',
      `"a"b,${DAY},1`,
      `a,${DAY},1e`,
    ];
    const all = parse(`id,time,usage\n${rows.join('\n')}`);
    expect(all.events).toEqual([]);
    expect(refusals(all)).toEqual([
      '2 incomplete: field `id` is missing',
      '3 incomplete: field `usage` is missing',
      '4 unreadable: the row has 2 fields where there are 3 columns',
      '5 unreadable: the row has 4 fields where there are 3 columns',
      '6 invalid: field `usage` is the text "one", not a number',
      '7 invalid: field `usage` is the text "0x10", not a number',
      '8 not-finite: field `usage` is NaN',
      '9 not-finite: field `usage` is -inf',
      '10 not-finite: field `usage` is 1e999',
      '11 invalid: field `time` is the text "2013-02-30", but there is no such day',
      '12 implausible-time: field `time` is "1960-01-01" (`iso`), outside 1970-01-01T00:00:00.000Z to 2100-01-01T00:00:00.000Z',
      '13 unreadable: text follows a closing quote',
      '14 invalid: field `usage` is the text "1e", not a number',
    ]);
    expect(Buffer.from(all.deadLetters[2]!.bytes).toString()).toBe(rows[2]);
  });

  it('reads numbers as people write them', () => {
    const numbers = [' 1.5 ', '+2', '.5', '5.', '007', '1E3', '-0', '0.1', '123456789012345678', '4.35e-7'];
    const all = parse(`id,time,usage\n${numbers.map((number) => `a,${DAY},${number}`).join('\n')}`);
    expect(all.events.map((event) => event.values[0])).toEqual(numbers.map(Number));
  });

  it('names a column that is missing and suggests one that is like it', () => {
    expect(() => parse('ids,time,usage\n')).toThrow(/f: the CSV has no column `id`; did you mean `ids`\?/);
    expect(() => parse('customer,time,usage\n')).toThrow(/its columns are `customer`, `time`, `usage`/);
    expect(() => parse('id,time,usage,id\n')).toThrow(/several columns `id`/);
    expect(() => parse('"id,time,usage\n')).toThrow(SegtideError);
  });

  it.each([
    [';', "input.csv.delimiter=';'"],
    ['\t', "input.csv.delimiter=$'\\t'"],
  ])('names the delimiter where the header is one column: %j', (delimiter, flag) => {
    expect(() => parse(['id', 'time', 'usage'].join(delimiter))).toThrow(flag);
    expect(() => parse(`id${delimiter}time,usage\n`)).toThrow(/its columns are/);
  });

  it('reads nothing from an empty file or a header alone', () => {
    expect(parse('')).toEqual({ events: [], deadLetters: [], rows: 0 });
    expect(parse('id,time,usage')).toEqual({ events: [], deadLetters: [], rows: 1 });
    expect(parse('id,time,usage\r\n', {}, [1]).rows).toBe(1);
  });

  it.each([[[1]], [[11]], [[60]], [[5000]]])(
    'loses one line to a quote that does not close, whatever the reads (%j)',
    (sizes) => {
      const good = (id: string): string => `${id},${DAY},1\n`;
      const text = `id,time,usage\n${good('a')}"b,${DAY},1\n${good('c')}${good('d').repeat(8)}`;
      const all = parse(text, { maxRecordBytes: 80 }, sizes);
      expect(ids(all).slice(0, 2)).toEqual(['a', 'c']);
      expect(all.events).toHaveLength(10);
      expect(refusals(all)).toEqual(['3 unreadable: a quote opens that does not close']);
      expect(all.rows).toBe(12);
    },
  );

  it.each([[[1]], [[11]], [[60]], [[5000]]])(
    'refuses a row beyond the limit once, whatever the reads (%j)',
    (sizes) => {
      const long = 'x'.repeat(300);
      const text = `id,time,usage\na,${DAY},1\n${long},${DAY},1\nb,${DAY},1\n"${long}",${DAY},1\nc,${DAY},1\n`;
      const all = parse(text, { maxRecordBytes: 64 }, sizes);
      expect(all.events.map((event) => [event.id, event.row])).toEqual([
        ['a', 2],
        ['b', 4],
        ['c', 6],
      ]);
      expect(all.deadLetters.map(({ row, reason, bytes }) => [row, reason, bytes.length])).toEqual([
        [3, 'too-large', 64],
        [5, 'too-large', 64],
      ]);
    },
  );

  it('spoils only the row whose UTF-8 is not valid', () => {
    const text = Buffer.from(`id,time,usage\né,${DAY},1\n?,${DAY},1\n"ü",${DAY},1\n`);
    text[text.indexOf('?')] = 0xff;
    const all = parse(text);
    expect(ids(all)).toEqual(['é', 'ü']);
    expect(refusals(all)).toEqual(['3 unreadable: the record is not valid UTF-8']);
  });

  it('goes on in the middle of a file once it was shown the header', () => {
    const text = Buffer.from(`id,time,usage\na,${DAY},1\nb,${DAY},2\n`);
    const parser = createCsvParser(resolveIngest(OPTIONS));
    const offset = text.indexOf('b,');
    parser.resume?.(text.subarray(0, 20), 'f');
    const { batch } = parser.parse(text, offset, text.length, { source: 'f', row: 3, offset }, true);
    expect([batch.length, batch.rows[0], batch.offsets[0], batch.values[0]]).toEqual([1, 3, offset, 2]);
  });

  it('refuses to go on in the middle of a file without its header', () => {
    const parser = createCsvParser(resolveIngest(OPTIONS));
    expect(() => parser.parse(Buffer.from('a'), 0, 1, { source: 'f', row: 3, offset: 9 }, true)).toThrow(SegtideError);
  });

  it('reads back what a writer quotes, however it is cut', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'é', ' '), maxLength: 8 }),
    );
    // Written as text, -0 is 0.
    const number = fc.double({ noNaN: true, min: -MOST_TO_FLOAT32, max: MOST_TO_FLOAT32 }).map((x) => x + 0);
    const quote = (text: string, always: boolean): string =>
      always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const rows = fc.array(fc.tuple(cell, cell, number, fc.boolean(), fc.constantFrom('\n', '\r\n')), { maxLength: 10 });
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (written, sizes) => {
        const lines = written.map(
          ([id, other, usage, always, end]) => `${quote(other, always)},${quote(id, always)},${DAY},${usage}${end}`,
        );
        const all = parse(`other,id,time,usage\n${lines.join('')}`, {}, sizes);
        const present = written.map(([id, , usage], i) => ({ id, usage, row: i + 2 })).filter(({ id }) => id !== '');
        expect(all.events.map(({ id, values, row }) => ({ id, usage: values[0], row }))).toEqual(present);
        expect(all.deadLetters).toHaveLength(written.length - present.length);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same rows, events and dead letters to any bytes, however they are cut', () => {
    const soup = fc.string({
      unit: fc.constantFrom('"', '"', ',', ',', '\n', '\n', '\r', 'a', '1', DAY, `a,${DAY},1\n`),
      maxLength: 60,
    });
    fc.assert(
      fc.property(soup, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (text, sizes) => {
        const options = { maxRecordBytes: 40 };
        const whole = parse(`id,time,usage\n${text}`, options);
        expect(parse(`id,time,usage\n${text}`, options, sizes)).toEqual(whole);
        const rows = [...whole.events, ...whole.deadLetters].map(({ row }) => row);
        expect(new Set(rows).size).toBe(rows.length);
      }),
      { numRuns: 2000 },
    );
  });
});
