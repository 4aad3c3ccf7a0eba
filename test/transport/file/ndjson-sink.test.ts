import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createDirectorySinks } from '../../../src/transport/file/directory-sinks.js';
import { createNdjsonSink } from '../../../src/transport/file/ndjson-sink.js';
import { createStreamSink } from '../../../src/transport/file/stream-sink.js';
import { describeSinkContract } from '../../contract/sink.js';

const root = mkdtempSync(join(tmpdir(), 'segtide-ndjson-sink-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(root, `${count++}.ndjson`);

interface Row {
  readonly n: number;
  readonly text: string;
}
const row = (n: number): Row => ({ n, text: `ü ${n} "\n` });
const parse = (text: string): Row[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

describeSinkContract<Row>(
  'an NDJSON file',
  async () => {
    const path = fresh();
    return { sink: await createNdjsonSink<Row>(path), acknowledged: async () => parse(readFileSync(path, 'utf8')) };
  },
  row,
);

describeSinkContract<Row>(
  'NDJSON on a slow stream',
  async () => {
    let text = '';
    const stream = new Writable({
      highWaterMark: 16,
      write(chunk: Buffer, _, done) {
        text += chunk.toString();
        setImmediate(done);
      },
    });
    return { sink: createStreamSink<Row>(stream), acknowledged: async () => parse(text) };
  },
  row,
);

describe('createNdjsonSink', () => {
  it('writes objects as JSON, and lines that were made elsewhere as they are', async () => {
    const path = fresh();
    const sink = await createNdjsonSink(path);
    await sink.write([{ a: 1 }, '{"b":2}', '{"c":3}\n', Buffer.from('{"d":4}\n{"e":5}\n'), Buffer.from('{"f":6}')]);
    await sink.close();
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"b":2}\n{"c":3}\n{"d":4}\n{"e":5}\n{"f":6}\n');
  });

  it('counts what it was given, written or not', async () => {
    const path = fresh();
    const sink = await createNdjsonSink(path);
    await sink.write(['é']);
    expect(sink.bytes()).toBe(3);
    expect(readFileSync(path).length).toBe(0);
    await sink.flush();
    expect(readFileSync(path).length).toBe(3);
    await sink.write(['x'.repeat(300_000)]);
    expect(sink.bytes()).toBe(300_004);
    expect(readFileSync(path).length).toBe(300_004);
    await sink.close();
  });

  it('lets no line wait for longer than a second, also where nothing flushes', async () => {
    const path = fresh();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const sink = await createNdjsonSink(path);
      for (const text of ['one\n', 'one\ntwo\n']) {
        await sink.write([text.slice(-4)]);
        vi.advanceTimersByTime(999);
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        expect(readFileSync(path, 'utf8')).toBe(text.slice(0, -4));
        vi.advanceTimersByTime(1);
        // Also while they are on their way to the file.
        expect(sink.bytes()).toBe(text.length);
        await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(text));
        expect(sink.bytes()).toBe(text.length);
      }
      await sink.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells with the next call what failed meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const sink = await createNdjsonSink('/dev/full', { append: true });
      await sink.write(['a']);
      vi.advanceTimersByTime(1000);
      await vi.waitFor(() => expect(sink.write([])).rejects.toThrow('the disk is full'));
      await sink.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('empties a file that is there, or goes on behind it', async () => {
    const path = fresh();
    writeFileSync(path, 'old\n');
    const appending = await createNdjsonSink(path, { append: true });
    expect(appending.bytes()).toBe(4);
    await appending.write(['new']);
    await appending.close();
    expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
    await (await createNdjsonSink(path)).close();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('cuts back to a checkpoint and writes the rest again', async () => {
    const path = fresh();
    const sink = await createNdjsonSink(path);
    await sink.write(['one', 'two']);
    await sink.flush();
    const bytes = sink.bytes();
    await sink.write(['three']);
    await sink.close();
    appendFileSync(path, 'half a li');
    const resumed = await createNdjsonSink(path, { append: true });
    await resumed.truncateTo(bytes);
    expect(resumed.bytes()).toBe(bytes);
    await resumed.write(['3']);
    await resumed.close();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n3\n');
  });

  it('refuses to go on behind a file that is shorter than the checkpoint says', async () => {
    const sink = await createNdjsonSink(fresh());
    await expect(sink.truncateTo(10)).rejects.toMatchObject({
      code: 'state',
      message: expect.stringContaining('0 bytes'),
    });
    await sink.close();
  });

  it('names the path and what to do when the folder is missing or the path is a folder', async () => {
    await expect(createNdjsonSink(join(root, 'no', 'x.ndjson'))).rejects.toMatchObject({
      code: 'output',
      message: expect.stringMatching(/no\/x\.ndjson: the folder does not exist/),
    });
    await expect(createNdjsonSink(root)).rejects.toMatchObject({ code: 'output' });
  });

  it('says that the disk is full, and takes nothing more', async () => {
    const sink = await createNdjsonSink('/dev/full', { append: true });
    await sink.write(['a']);
    await expect(sink.flush()).rejects.toMatchObject({
      code: 'output',
      retriable: true,
      message: expect.stringMatching(/\/dev\/full: the disk is full; free some space/),
      context: { path: '/dev/full' },
    });
    await expect(sink.write(['b'])).rejects.toThrow('the disk is full');
    await sink.close();
  });

  it('loses no line that was flushed before a small disk filled up', () => {
    const script = `
      import { createNdjsonSink } from ${JSON.stringify(new URL('../../../src/transport/file/ndjson-sink.ts', import.meta.url).href)};
      const sink = await createNdjsonSink(process.argv[1]);
      let flushed = 0;
      try {
        for (;;) { await sink.write(Array.from({ length: 100 }, (_, i) => ({ n: flushed + i }))); await sink.flush(); flushed += 100; }
      } catch (error) { console.log(JSON.stringify({ code: error.code, flushed })); }
      await sink.close();`;
    const folder = join(root, 'small');
    mkdirSync(folder);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status !== 0) return; // needs root
    try {
      const path = join(folder, 'x.ndjson');
      const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, path], {
        encoding: 'utf8',
      });
      const { code, flushed } = JSON.parse(run.stdout) as { code: string; flushed: number };
      expect(code).toBe('output');
      const lines = readFileSync(path, 'utf8').split('\n').slice(0, flushed);
      expect(lines).toEqual(Array.from({ length: flushed }, (_, n) => `{"n":${n}}`));
      expect(flushed).toBeGreaterThan(1_000);
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it('names a folder that it may not write to', async () => {
    const folder = join(root, 'read-only');
    mkdirSync(folder);
    // Root may write everywhere but on a read-only file system.
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder]).status === 0;
    if (!mounted) chmodSync(folder, 0o555);
    try {
      await expect(createNdjsonSink(join(folder, 'x.ndjson'))).rejects.toMatchObject({
        code: 'output',
        message: expect.stringMatching(/read-only\/x\.ndjson: (the file system is read-only|permission denied)/),
      });
    } finally {
      if (mounted) spawnSync('umount', [folder]);
    }
  });
});

describe('createDirectorySinks', () => {
  it('opens a file for each output, in a folder that it makes', async () => {
    const folder = join(root, 'out', 'deep');
    const sinks = await createDirectorySinks(folder, ['assignments', 'drift']);
    await sinks.assignments.write([{ customerId: 'N1' }]);
    await Promise.all(Object.values(sinks).map((sink) => sink.close()));
    expect(readdirSync(folder).sort()).toEqual(['assignments.ndjson', 'drift.ndjson']);
    expect(readFileSync(join(folder, 'assignments.ndjson'), 'utf8')).toBe('{"customerId":"N1"}\n');
  });

  it('names what is in the way', async () => {
    const file = fresh();
    writeFileSync(file, '');
    await expect(createDirectorySinks(join(file, 'out'), ['drift'])).rejects.toMatchObject({
      code: 'output',
      message: expect.stringContaining('a part of the path is a file'),
    });
  });
});

describe('createStreamSink', () => {
  it('ends quietly when the reader goes away', async () => {
    const stream = new PassThrough();
    const sink = createStreamSink(stream);
    await sink.write(['one']);
    stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(sink.ended).toBe(true);
    await sink.write(['two']);
    await sink.flush();
    await sink.close();
  });

  it('reports any other error of the stream', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    });
    const sink = createStreamSink(stream);
    await expect(sink.write(['one'])).rejects.toMatchObject({
      code: 'output',
      message: expect.stringContaining('standard output'),
    });
    await expect(sink.flush()).rejects.toMatchObject({ code: 'output' });
    await sink.close();
  });

  it('goes no faster than the stream takes lines', async () => {
    const waiting: { text: string; done: () => void }[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        waiting.push({ text: chunk.toString(), done });
      },
    });
    const sink = createStreamSink(stream);
    let written = false;
    const first = sink.write(['first']);
    await new Promise((resolve) => setImmediate(resolve));
    const second = sink.write(['second']).then(() => {
      written = true;
    });
    waiting[0]!.done();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    waiting[1]!.done();
    await second;
    expect(waiting.map(({ text }) => text)).toEqual(['first\n', 'second\n']);
    await sink.close();
  });
});
