import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileSource } from '../../../src/transport/file/file-source.js';
import { drain } from '../drain.js';
import { createJsonLineParsers } from '../json-line-parser.js';
import { DAY, line, useFiles } from './used-files.js';

const { root, write, open, read } = useFiles();

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
