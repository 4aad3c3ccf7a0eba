import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import type { SourcePosition } from '../../../src/ports.js';
import { createFileSource, type FileSourceOptions } from '../../../src/transport/file/file-source.js';
import { createIngestParsers } from '../../../src/transport/file/ingest-parsers.js';
import { describeSourceContract } from '../../contract/source.js';
import { drain } from '../drain.js';

// Files of every format through the real parsers.

const root = mkdtempSync(join(tmpdir(), 'segtide-formats-'));
afterAll(() => rmSync(root, { recursive: true }));

const parsers = createIngestParsers(
  resolveIngest({
    fields: { customer: 'customer', time: 'at' },
    channels: [{ name: 'kwh', field: 'kwh' }],
    time: { unit: 'ms' },
    maxRecordBytes: 10_000,
  }),
);
const START = Date.UTC(2024, 0, 1);
const events = Array.from({ length: 500 }, (_, i) => ({
  customer: i % 50 === 7 ? `"quoted", ü\\${i}` : `c${i % 13}`,
  at: START + i * 60_000,
  kwh: i / 8,
}));
const bad = new Set([3, 250, 499]); // rows that hold no time

const ndjson = events
  .map((event, i) => `${JSON.stringify(bad.has(i) ? { ...event, at: null } : event)}${i % 3 === 0 ? '\r' : ''}\n`)
  .join('');
const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const csv = `customer,at,kwh\r\n${events.map(({ customer, at, kwh }, i) => `${quote(customer)},${bad.has(i) ? '' : at},${kwh}\r\n`).join('')}`;
const toParquet = (from: number, to: number, rowGroupSize: number): Buffer => {
  const rows = events.slice(from, to);
  return Buffer.from(
    parquetWriteBuffer({
      rowGroupSize,
      columnData: [
        { name: 'customer', data: rows.map(({ customer }) => customer), type: 'STRING' },
        { name: 'unused', data: rows.map((_, i) => `nobody reads this ${i}`), type: 'STRING' },
        {
          name: 'at',
          data: rows.map(({ at }, i) => (bad.has(from + i) ? null : BigInt(at))),
          type: 'INT64',
          nullable: true,
        },
        { name: 'kwh', data: rows.map(({ kwh }) => kwh), type: 'DOUBLE' },
      ],
    }),
  );
};
const files: Readonly<Record<string, Uint8Array | string>> = {
  'events.ndjson': ndjson,
  'events.ndjson.gz': gzipSync(ndjson),
  'events.csv': csv,
  'events.csv.gz': gzipSync(csv),
  'events.parquet': toParquet(0, 500, 70),
  'events.parquet.gz': gzipSync(toParquet(0, 500, 70)),
  'part-1.parquet': toParquet(0, 200, 64),
  'part-2.csv': `customer,at,kwh\n${events
    .slice(200, 300)
    .map(({ customer, at, kwh }, i) => `${quote(customer)},${bad.has(200 + i) ? '' : at},${kwh}\n`)
    .join('')}`,
  'part-3.jsonl.gz': gzipSync(ndjson.split('\n').slice(300).join('\n')),
};
for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);

const open = (paths: readonly string[], options: Partial<FileSourceOptions> = {}, from?: SourcePosition) =>
  createFileSource({ paths, folder: root, chunkBytes: 1_000, ...options }, parsers, from);

for (const [name, paths, options] of [
  ['an NDJSON file', ['events.ndjson'], {}],
  ['an NDJSON file parsed by two threads', ['events.ndjson'], { threads: 2, chunkBytes: 9_000 }],
  ['a CSV file', ['events.csv'], {}],
  ['a gzipped CSV file', ['events.csv.gz'], { chunkBytes: 700 }],
  ['a Parquet file', ['events.parquet'], {}],
  ['a gzipped Parquet file', ['events.parquet.gz'], {}],
  ['files of three formats', ['part-*'], {}],
] as const) {
  describeSourceContract(name, async () => ({ open: (from) => open(paths, options, from) }));
}

describe('createFileSource over formats', () => {
  const expected = events.filter((_, i) => !bad.has(i));

  it.each(Object.keys(files).filter((name) => name.startsWith('events')))(
    'reads the same events from %s',
    async (name) => {
      const source = await open([name]);
      const { records, deadLetters } = await drain(source);
      await source.close();
      expect(records.map(({ id, time, value }) => ({ customer: id, at: time, kwh: value }))).toEqual(expected);
      expect(deadLetters.map(({ row, reason }) => [row, reason])).toEqual(
        [...bad].map((i) => [i + (name.includes('csv') ? 2 : 1), 'incomplete']),
      );
    },
  );

  it('merges files of several formats by event time', async () => {
    const source = await open(['part-*']);
    const { records, deadLetters } = await drain(source);
    await source.close();
    expect(records.map(({ id, time, value }) => ({ customer: id, at: time, kwh: value }))).toEqual(expected);
    expect(records[0]!.source).toBe('part-1.parquet');
    expect(deadLetters).toHaveLength(3);
  });

  it('gives the same batches from threads as from this one, ids with escapes and originals too', async () => {
    const seen = async (threads: number, path = 'events.ndjson') => {
      const source = await open([path], { threads, chunkBytes: 500 });
      const all = await drain(source);
      await source.close();
      return all;
    };
    const here = await seen(0);
    expect(here.records[6]!.id).toBe('"quoted", ü\\7');
    for (const threads of [1, 2]) expect(await seen(threads)).toEqual(here);
  });

  it('takes a mapped column that Parquet lacks for missing', async () => {
    const bytes = parquetWriteBuffer({ columnData: [{ name: 'customer', data: ['a'], type: 'STRING' }] });
    writeFileSync(join(root, 'lacks.parquet'), Buffer.from(bytes));
    const source = await open(['lacks.parquet']);
    expect((await drain(source)).deadLetters.map(({ reason }) => reason)).toEqual(['incomplete']);
    await source.close();
  });

  it('says in words that a Parquet file is cut off or damaged', async () => {
    const whole = readFileSync(join(root, 'events.parquet'));
    const holed = Buffer.from(whole);
    holed.fill(0xff, 20, whole.length >> 1);
    for (const [name, bytes] of [
      ['cut', whole.subarray(0, whole.length - 100)],
      ['short', whole.subarray(0, 5)],
      ['text', Buffer.from('customer,at,kwh\n')],
      ['holed', holed],
    ] as const) {
      writeFileSync(join(root, `${name}.parquet`), bytes);
      const reading = open([`${name}.parquet`]).then(async (source) => {
        try {
          return await drain(source);
        } finally {
          await source.close();
        }
      });
      await expect(reading).rejects.toMatchObject({
        code: 'input',
        message: expect.stringMatching(new RegExp(`^${name}\\.parquet is no whole Parquet file.*Fetch it again`)),
      });
    }
  });

  it.each([
    ['empty.parquet', '', /no Parquet file: it is empty/],
    ['empty.ndjson.gz', '', /no gzip file: it is empty/],
    ['packed.parquet.gz', gzipSync(''), /packed\.parquet\.gz is no whole Parquet file/],
  ])('refuses %s, which a whole file can not be', async (name, bytes, message) => {
    writeFileSync(join(root, name), bytes);
    await expect(open([name])).rejects.toMatchObject({ code: 'input', message: expect.stringMatching(message) });
  });

  it('reads an empty file of text, packed or not, as no records', async () => {
    for (const ending of ['ndjson', 'csv', 'ndjson.gz']) {
      const name = `empty.${ending}`;
      writeFileSync(join(root, name), ending.endsWith('.gz') ? gzipSync('') : '');
      const source = await open([name]);
      expect(await drain(source)).toEqual({ records: [], deadLetters: [] });
      await source.close();
    }
  });

  it('hands on what a parser thread throws', async () => {
    const lines = events.map((event) => `${JSON.stringify({ ...event, at: event.at / 1000 })}\n`).join('');
    writeFileSync(join(root, 'seconds.ndjson'), lines);
    for (const threads of [0, 1]) {
      const source = await open(['seconds.ndjson'], { threads });
      await expect(drain(source)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('time.unit'),
      });
      await source.close();
    }
  });

  it('says that the time unit is wrong where only the end of a short input tells', async () => {
    const lines = events
      .slice(0, 5)
      .map((event) => `${JSON.stringify({ ...event, at: event.at / 1000 })}\n`)
      .join('');
    writeFileSync(join(root, 'short-seconds.ndjson'), lines);
    const source = await open(['short-seconds.ndjson']);
    await expect(drain(source)).rejects.toMatchObject({ code: 'config' });
    await source.close();
  });
});
