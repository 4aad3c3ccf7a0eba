import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFileSource } from '../../../src/transport/file/file-source.js';
import { drain } from '../drain.js';
import { createJsonLineParsers } from '../json-line-parser.js';
import { DAY, line, useFiles } from './used-files.js';

const { root, write, open } = useFiles();

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
