import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import { drain, type Seen } from '../drain.js';
import { line, useFiles } from './used-files.js';

const { root, write, open, read } = useFiles();

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
