import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import { createFileSource, type FileSourceOptions } from '../../../src/transport/file/file-source.js';
import { drain, type Seen } from '../drain.js';
import { createJsonLineParsers } from '../json-line-parser.js';

const root = mkdtempSync(join(tmpdir(), 'segtide-file-source-'));
afterAll(() => rmSync(root, { recursive: true }));

const DAY = 86_400_000;
const line = (id: string, time: number, value = 1): string => JSON.stringify({ id, time, value });
const write = (name: string, lines: readonly string[], ending = '\n'): void => {
  const text = lines.map((each) => each + ending).join('');
  writeFileSync(join(root, name), name.endsWith('.gz') ? gzipSync(text) : text);
};
const open = (
  paths: readonly string[],
  options: Partial<FileSourceOptions> = {},
  from?: never | Record<string, unknown>,
) => createFileSource({ paths, folder: root, chunkBytes: 64, ...options }, createJsonLineParsers(), from);
const read = async (paths: readonly string[], options: Partial<FileSourceOptions> = {}): Promise<Seen> => {
  const source = await open(paths, options);
  try {
    return await drain(source);
  } finally {
    await source.close();
  }
};

describe('createFileSource with one file', () => {
  it('reads every record with its row, offset and original bytes', async () => {
    write('one.ndjson', [line('a', 1), '', 'no json', line('b', 2)]);
    const { records, deadLetters } = await read(['one.ndjson']);
    expect(records.map(({ id, row, offset }) => [id, row, offset])).toEqual([
      ['a', 1, 0],
      ['b', 4, line('a', 1).length + 1 + 1 + 8],
    ]);
    expect(records[1]!.original).toBe(line('b', 2));
    expect(deadLetters).toEqual([{ reason: 'unreadable', source: 'one.ndjson', row: 3, offset: 31, text: 'no json' }]);
  });

  it('reads a last line that has no newline', async () => {
    writeFileSync(join(root, 'open-end.ndjson'), `${line('a', 1)}\n${line('b', 2)}`);
    expect((await read(['open-end.ndjson'])).records.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it.each(['array.ndjson', 'array.ndjson.gz'])('names a JSON array for what it is: %s', async (name) => {
    write(name, [`[${line('a', 1)},`, `${line('b', 2)}]`]);
    await expect(read([name])).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining(`${name} is one JSON array`),
    });
  });

  it('reads a file that is named again once, and tells', async () => {
    write('twice.ndjson', [line('a', 1)]);
    const repeated: string[] = [];
    const paths = ['twice.ndjson', './twice.ndjson', 'twi*.ndjson'];
    const { records } = await read(paths, { onRepeated: (path) => repeated.push(path) });
    expect(records).toHaveLength(1);
    expect(repeated).toEqual(['./twice.ndjson', 'twice.ndjson']);
  });

  it('reads an empty file as no records', async () => {
    write('empty.ndjson', []);
    expect(await read(['empty.ndjson'])).toEqual({ records: [], deadLetters: [] });
  });

  it('grows its buffer for a record that is longer than a chunk', async () => {
    const long = 'x'.repeat(10_000);
    write('long.ndjson', [line('a', 1), line(long, 2), line('b', 3)]);
    expect((await read(['long.ndjson'])).records.map(({ id }) => id)).toEqual(['a', long, 'b']);
  });

  it('keeps the row and the offset right behind a record that is too large', async () => {
    write('too-large.ndjson', [line('a', 1), 'y'.repeat(5_000), line('b', 3)]);
    for (const threads of [0, 1]) {
      const source = await createFileSource(
        { paths: ['too-large.ndjson'], folder: root, chunkBytes: 64, threads },
        createJsonLineParsers({ maxRecordBytes: 1_000 }),
      );
      const { records, deadLetters } = await drain(source);
      await source.close();
      expect(deadLetters).toEqual([
        { reason: 'too-large', source: 'too-large.ndjson', row: 2, offset: 30, text: 'yyyyyyyy' },
      ]);
      expect(records.map(({ id, row, offset }) => [id, row, offset])).toEqual([
        ['a', 1, 0],
        ['b', 3, 30 + 5_001],
      ]);
    }
  });

  it('reads on where a file is removed after the start', async () => {
    write('removed.ndjson', [line('a', 1), line('b', 2), line('c', 3)]);
    const source = await open(['removed.ndjson']);
    unlinkSync(join(root, 'removed.ndjson'));
    expect((await drain(source)).records).toHaveLength(3);
    await source.close();
  });

  it('leaves alone what is appended after the start, and says when the file became shorter', async () => {
    write('grows.ndjson', [line('a', 1)]);
    const grows = await open(['grows.ndjson']);
    write('grows.ndjson', [line('a', 1), line('b', 2)]);
    expect((await drain(grows)).records.map(({ id }) => id)).toEqual(['a']);
    await grows.close();

    const shrinks = await open(['grows.ndjson']);
    writeFileSync(join(root, 'grows.ndjson'), '');
    await expect(shrinks.pull()).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('was shortened'),
    });
    await shrinks.close();
  });
});

describe('createFileSource finding files', () => {
  it('sorts what a glob finds and takes each file once', async () => {
    write('glob-b.ndjson', [line('b', 1)]);
    write('glob-a.ndjson', [line('a', 1)]);
    const source = await open(['glob-*.ndjson', 'glob-b.ndjson']);
    expect(source.paths).toEqual(['glob-a.ndjson', 'glob-b.ndjson']);
    await source.close();
  });

  it('takes a path that exists as it is, even where it looks like a glob', async () => {
    write('[1].ndjson', [line('a', 1)]);
    expect((await read(['[1].ndjson'])).records).toHaveLength(1);
  });

  it('lists what it tried when nothing matches', async () => {
    await expect(open(['nothing-*.csv', 'none/*.csv'])).rejects.toMatchObject({
      code: 'input',
      message: expect.stringMatching(/nothing-\*\.csv, .*none\/\*\.csv/),
    });
  });

  it('names a file that is missing, a folder, a broken link and an unknown ending', async () => {
    symlinkSync('/nowhere/at/all', join(root, 'broken.ndjson'));
    write('data.xml', []);
    for (const [path, text] of [
      ['missing.ndjson', /missing\.ndjson: there is no such file/],
      ['.', /it is a folder/],
      ['broken.ndjson', /broken\.ndjson: there is no such file/],
      ['data.xml', /The format of data\.xml cannot be told/],
    ] as const) {
      await expect(open([path])).rejects.toMatchObject({ code: 'input', message: expect.stringMatching(text) });
    }
  });

  it('takes the format that is stated over the ending', async () => {
    write('data.log', [line('a', 1)]);
    expect((await read(['data.log'], { format: 'ndjson' })).records).toHaveLength(1);
  });

  it('refuses options out of range in words', async () => {
    write('any.ndjson', []);
    await expect(open(['any.ndjson'], { threads: -1 })).rejects.toMatchObject({ code: 'config' });
    await expect(open(['any.ndjson', '-'])).rejects.toMatchObject({ code: 'config' });
  });
});

describe('createFileSource with gzip', () => {
  const lines = Array.from({ length: 2_000 }, (_, i) => line(`c${i}`, i, i / 7));

  it('unpacks as it goes, and members one after the other', async () => {
    const half = (from: number, to: number): Buffer =>
      gzipSync(
        lines
          .slice(from, to)
          .map((each) => `${each}\n`)
          .join(''),
      );
    writeFileSync(join(root, 'members.ndjson.gz'), Buffer.concat([half(0, 700), half(700, 2_000)]));
    write('plain.ndjson', lines);
    const packed = await read(['members.ndjson.gz'], { chunkBytes: 1_000 });
    const plain = await read(['plain.ndjson'], { chunkBytes: 1_000 });
    expect(packed.records.map(({ original, offset }) => [original, offset])).toEqual(
      plain.records.map(({ original, offset }) => [original, offset]),
    );
  });

  it('hands over all that is readable of a file that is cut off, then says where', async () => {
    const whole = gzipSync(lines.map((each) => `${each}\n`).join(''));
    writeFileSync(join(root, 'cut.ndjson.gz'), whole.subarray(0, whole.length - 2_000));
    for (const threads of [0, 1]) {
      const source = await open(['cut.ndjson.gz'], { threads, chunkBytes: 4_096 });
      const seen: Seen = { records: [], deadLetters: [] };
      await expect(drain(source, Infinity, seen)).rejects.toMatchObject({
        code: 'input',
        message: expect.stringMatching(/cut\.ndjson\.gz is cut off.* after \d+ unpacked bytes/),
        context: { path: 'cut.ndjson.gz', offset: expect.any(Number) },
      });
      await source.close();
      expect(seen.records.length).toBeGreaterThan(1_000);
      expect(seen.records.length).toBeLessThan(2_000);
      expect(seen.records.map(({ id }) => id)).toEqual(seen.records.map((_, i) => `c${i}`));
    }
  });

  it('hands over every record before bytes that are no gzip data', async () => {
    const whole = gzipSync(lines.map((each) => `${each}\n`).join(''));
    writeFileSync(join(root, 'garbage.ndjson.gz'), Buffer.concat([whole, Buffer.from('garbage')]));
    const unpacked = lines.reduce((sum, each) => sum + each.length + 1, 0);
    const { ids, error } = await readToFailure('garbage.ndjson.gz');
    expect(ids).toEqual(lines.map((_, i) => `c${i}`));
    expect(error).toMatchObject({ code: 'input', context: { offset: unpacked } });
  });

  it('hands over every record before a flipped byte', async () => {
    const random = createRandom(5);
    const long = Array.from({ length: 20_000 }, (_, i) => line(`c${i}`, i, random.next()));
    const bytes = gzipSync(long.map((each) => `${each}\n`).join(''));
    const place = bytes.length >> 1;
    bytes.fill(0xff, place, place + 64);
    writeFileSync(join(root, 'flipped.ndjson.gz'), bytes);
    const { ids, error } = await readToFailure('flipped.ndjson.gz');
    expect(ids.length).toBeGreaterThan(9_000);
    expect(ids.slice(0, 9_000)).toEqual(long.slice(0, 9_000).map((_, i) => `c${i}`));
    expect(error).toMatchObject({ code: 'input', message: expect.stringMatching(/damaged.*may be spoilt/) });
  });

  async function readToFailure(path: string): Promise<{ ids: readonly string[]; error: unknown }> {
    const source = await open([path]);
    const seen: Seen = { records: [], deadLetters: [] };
    const error = await drain(source, Infinity, seen).catch((cause: unknown) => cause);
    await source.close();
    return { ids: seen.records.map(({ id }) => id), error };
  }

  it('says that gzip data is damaged', async () => {
    const bytes = gzipSync(lines.join('\n'));
    bytes[bytes.length >> 1]! ^= 0xff;
    writeFileSync(join(root, 'damaged.ndjson.gz'), bytes);
    await expect(read(['damaged.ndjson.gz'])).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('damaged'),
    });
  });
});

describe('createFileSource with standard input', () => {
  it('reads a stream as it comes, with empty batches while nothing does', async () => {
    const stdin = new PassThrough();
    const source = await open(['-'], { stdin, idleMs: 5 });
    expect(source.resumable).toBe(false);
    stdin.write(`${line('a', 1)}\n${line('b', 2).slice(0, 5)}`);
    expect((await source.pull())?.length).toBe(1);
    expect((await source.pull())?.length).toBe(0);
    stdin.end(`${line('b', 2).slice(5)}\n`);
    const rest = await drain(source);
    expect(rest.records.map(({ id, row }) => [id, row])).toEqual([['b', 2]]);
    await source.close();
  });

  it('unpacks gzip by its first bytes, also where they come one by one', async () => {
    const stdin = new PassThrough();
    const source = await open(['-'], { stdin, idleMs: 5 });
    const packed = gzipSync(`${line('a', 1)}\n${line('b', 2)}\n`);
    stdin.write(packed.subarray(0, 1));
    expect((await source.pull())?.length).toBe(0);
    stdin.write(packed.subarray(1, 2));
    stdin.end(packed.subarray(2));
    expect((await drain(source)).records.map(({ id }) => id)).toEqual(['a', 'b']);
    await source.close();
  });

  it('refuses a position in words', async () => {
    const source = await open(['-'], { stdin: new PassThrough() });
    expect(() => source.position()).toThrow(/Standard input has no position/);
    await source.close();
    await source.close();
    await expect(open(['-'], { stdin: new PassThrough() }, {})).rejects.toMatchObject({ code: 'state' });
  });
});

describe('createFileSource with several files', () => {
  it('merges by the time of the heads, the first file first among equals', async () => {
    write('m1.ndjson', [line('a', 10), line('b', 30), line('c', 30)]);
    write('m2.ndjson', [line('d', 20), line('e', 30), line('f', 40)]);
    const { records } = await read(['m1.ndjson', 'm2.ndjson']);
    expect(records.map(({ id }) => id)).toEqual(['a', 'd', 'b', 'c', 'e', 'f']);
    expect(records[1]!.source).toBe('m2.ndjson');
    // While m1 waits at 30, m2's d at 20 is as far as the watermark may follow; once m1 is finished, m2 alone tells.
    expect(records.map(({ clock }) => clock)).toEqual([10, 20, 30, 30, 30, 40]);
  });

  it('lets the watermark follow only what every unfinished file has reached', async () => {
    write('j1.ndjson', [line('a', 50), line('b', 10), line('c', 90)]);
    write('j2.ndjson', [line('d', 60), line('e', 70)]);
    const { records } = await read(['j1.ndjson', 'j2.ndjson']);
    // b is 40 late in its file: j1 has reached 50 all the same.
    expect(records.map(({ id, clock }) => [id, clock])).toEqual([
      ['a', 50],
      ['b', 50],
      ['d', 60],
      ['e', 70],
      ['c', 90],
    ]);
  });

  it('passes on a stray date at once, and keeps files that follow each other in order', async () => {
    write('s1.ndjson', [line('a', 1), line('stray', 9_000 * DAY), line('b', 2), line('c', 3), line('d', 4)]);
    write('s2.ndjson', [line('e', 100 * DAY), line('f', 101 * DAY)]);
    const { records } = await read(['s1.ndjson', 's2.ndjson']);
    expect(records.map(({ id }) => id)).toEqual(['a', 'stray', 'b', 'c', 'd', 'e', 'f']);
    expect(records[1]!.clock).toBe(-Infinity);
    expect(records[4]!.clock).toBe(4);
  });

  it('keeps dead letters in file order', async () => {
    write('d1.ndjson', ['bad 1', line('a', 1), 'bad 2', 'bad 3', line('b', 3), 'bad 4']);
    write('d2.ndjson', ['bad 5', line('c', 2), 'bad 6']);
    const { deadLetters } = await read(['d1.ndjson', 'd2.ndjson']);
    const of = (source: string): string[] =>
      deadLetters.filter((each) => each.source === source).map(({ text }) => text);
    expect(of('d1.ndjson')).toEqual(['bad 1', 'bad 2', 'bad 3', 'bad 4']);
    expect(of('d2.ndjson')).toEqual(['bad 5', 'bad 6']);
  });
});

describe('createFileSource going on from a position', () => {
  const record = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .record({ time: fc.integer({ min: 0, max: 50 }), id: fc.constantFrom('a', 'bb', 'ccc') })
        .map(({ id, time }) => line(id, time * DAY)),
    },
    { weight: 1, arbitrary: fc.constant(line('stray', 20_000 * DAY)) },
    { weight: 1, arbitrary: fc.constantFrom('broken', '', '{"id":"x"}', 'z'.repeat(300)) },
  );
  const file = fc.record({ lines: fc.array(record, { maxLength: 40 }), gzipped: fc.boolean(), openEnd: fc.boolean() });

  let run = 0;
  beforeEach(() => {
    run = 0;
  });
  const writeAll = (files: readonly { lines: string[]; gzipped: boolean; openEnd: boolean }[]): string[] =>
    files.map(({ lines, gzipped, openEnd }, i) => {
      const name = `p${run}-${i}.ndjson${gzipped ? '.gz' : ''}`;
      const text = lines.join('\n') + (openEnd ? '' : '\n');
      writeFileSync(join(root, name), gzipped ? gzipSync(text) : text);
      return name;
    });

  it.each([0, 1])(
    'gives the same sequence as never stopped, wherever it is cut (%i parser threads)',
    async (threads) => {
      const runs = threads === 0 ? 300 : 8;
      await fc.assert(
        fc.asyncProperty(
          fc.array(file, { minLength: 1, maxLength: 4 }),
          fc.nat(60),
          fc.integer({ min: 64, max: 400 }),
          fc.integer({ min: 64, max: 400 }),
          async (files, cut, before, after) => {
            run++;
            const paths = writeAll(files);
            const parsers = createJsonLineParsers({ maxRecordBytes: 200 });
            const start = (chunkBytes: number, from?: Record<string, unknown>) =>
              createFileSource({ paths, folder: root, chunkBytes, threads }, parsers, from);
            const whole = await start(1 << 16);
            const expected = await drain(whole);
            await whole.close();

            const first = await start(before);
            const seen = await drain(first, cut);
            const position = JSON.parse(JSON.stringify(first.position()));
            await first.close();
            const second = await start(after, position);
            await drain(second, Infinity, seen);
            await second.close();
            expect(seen).toEqual(expected);
            expect(expected.records.length).toBe(
              files.flatMap(({ lines }) => lines).filter((each) => /"time"/.test(each)).length,
            );
          },
        ),
        { numRuns: runs },
      );
    },
  );

  it('refuses a file that changed, a new one and one that is gone', async () => {
    write('r1.ndjson', [line('a', 1), line('b', 2)]);
    write('r2.ndjson', [line('c', 1)]);
    const source = await open(['r1.ndjson', 'r2.ndjson']);
    const position = source.position() as Record<string, unknown>;
    await source.close();
    await expect(open(['r1.ndjson'], {}, position)).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('r2.ndjson is gone'),
    });
    write('r3.ndjson', []);
    await expect(open(['r?.ndjson'], {}, position)).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('r3.ndjson is new'),
    });
    write('r1.ndjson', [line('a', 1), line('b', 3)]);
    await expect(open(['r1.ndjson', 'r2.ndjson'], {}, position)).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('r1.ndjson has changed'),
    });
    await expect(open(['r1.ndjson', 'r2.ndjson'], {}, { version: 99 })).rejects.toMatchObject({ code: 'state' });
  });
});
