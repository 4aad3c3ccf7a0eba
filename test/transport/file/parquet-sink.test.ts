import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';
import type { EmbeddingRecord } from '../../../src/publish/embedding-record.js';
import { EMBEDDINGS, SEGMENTS } from '../../../src/publish/output.js';
import { createParquetSink, type ParquetSinkOptions } from '../../../src/transport/file/parquet-sink.js';
import { describeSinkContract } from '../../contract/sink.js';

const root = mkdtempSync(join(tmpdir(), 'segtide-parquet-sink-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(root, `${count++}`);

/** Every third is not mapped, every seventh has no vector. */
const record = (i: number): EmbeddingRecord => ({
  customerId: `kündé-${i}`,
  windowStart: Date.UTC(2024, 0, 1) + 3_600_000 * i,
  windowEnd: Date.UTC(2024, 0, 2) + 3_600_000 * i,
  revision: i % 4,
  final: i % 5 !== 0,
  modelVersion: 'v2-00000000',
  vector: i % 7 === 0 ? null : [i, Math.fround(0.1), -1e-20].map(Math.fround),
  alignedVector: i % 3 === 0 || i % 7 === 0 ? null : [i / 2],
  alignedTo: i % 3 === 0 ? null : 'v1-00000000',
  alignmentResidual: i % 3 === 0 ? null : 0.1,
});
const records = (from: number, to: number): EmbeddingRecord[] =>
  Array.from({ length: to - from }, (_, i) => record(from + i));
const open = (folder: string, options?: ParquetSinkOptions) => createParquetSink(folder, EMBEDDINGS, options);

describeSinkContract<EmbeddingRecord>(
  'a folder of Parquet files',
  async () => {
    const folder = fresh();
    return { sink: await open(folder, { partRows: 300 }), acknowledged: () => read(folder) };
  },
  record,
);

describe('createParquetSink', () => {
  it('cuts files by records alone: the same bytes, however they were batched and flushed', async () => {
    const whole = fresh();
    await written(whole, [500]);
    expect(readdirSync(whole).sort()).toEqual(names(1, 5));
    expect(await read(whole)).toEqual(records(0, 500));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(150), fc.boolean()), { maxLength: 8 }), async (batches) => {
        const folder = fresh();
        const sink = await open(folder, { partRows: 100 });
        let at = 0;
        for (const [size, flushed] of [...batches, [500, true] as const]) {
          const end = Math.min(500, at + size);
          await sink.write(records(at, end));
          at = end;
          if (flushed) await sink.flush();
          expect(sink.rows()).toBe(at);
        }
        await sink.close();
        expect(bytesOf(folder)).toEqual(bytesOf(whole));
      }),
      { numRuns: 20 },
    );
  });

  it('keeps every file whole and readable while the last one grows', async () => {
    const folder = fresh();
    const sink = await open(folder, { partRows: 100 });
    expect(existsSync(folder)).toBe(false);
    await sink.write(records(0, 99));
    expect(existsSync(folder)).toBe(false);
    await sink.flush();
    expect(await read(folder)).toEqual(records(0, 99));
    await sink.write(records(99, 130));
    expect(await read(folder)).toEqual(records(0, 100));
    await sink.flush();
    expect(await read(folder)).toEqual(records(0, 130));
    await sink.close();
  });

  it('goes on behind any count of records, and writes the rest again to the same bytes', async () => {
    const whole = fresh();
    await written(whole, [250]);
    for (const from of [0, 1, 99, 100, 101, 199, 200, 249, 250]) {
      const folder = fresh();
      await written(folder, [250]);
      // What a crash leaves of a file that was being written.
      writeFileSync(join(folder, `${names(3, 3)[0]}.part`), 'PAR1');
      const sink = await open(folder, { partRows: 100, from });
      expect(sink.rows()).toBe(from);
      await sink.write(records(from, 250));
      await sink.close();
      expect(bytesOf(folder)).toEqual(bytesOf(whole));
    }
  });

  it('forgets at once what lies behind the count, and the folder where nothing is left', async () => {
    const folder = fresh();
    await written(folder, [250]);
    const sink = await open(folder, { partRows: 100, from: 120 });
    expect(readdirSync(folder).sort()).toEqual(names(1, 2));
    await sink.flush();
    expect(await read(folder)).toEqual(records(0, 120));
    await sink.truncateTo(0);
    expect(existsSync(folder)).toBe(false);
    await sink.close();
  });

  it('refuses to go on behind files that are gone, shorter or damaged', async () => {
    const refused = { code: 'state', message: expect.stringMatching(/part-00002.*Start afresh/) };
    const [, second] = names(1, 2);
    for (const harm of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 200)),
    ]) {
      const folder = fresh();
      await written(folder, [150]);
      harm(join(folder, second!));
      await expect(open(folder, { partRows: 100, from: 150 })).rejects.toMatchObject(refused);
    }
    const short = fresh();
    await written(short, [150]);
    await expect(open(short, { partRows: 100, from: 151 })).rejects.toMatchObject(refused);
    await expect(open(short, { partRows: 100, from: 200 })).resolves.toBeDefined();
  });

  it('leaves files of others alone', async () => {
    const folder = fresh();
    mkdirSync(folder);
    writeFileSync(join(folder, 'part-1.parquet'), 'theirs');
    const sink = await open(folder);
    await sink.truncateTo(0);
    await sink.close();
    expect(readdirSync(folder)).toEqual(['part-1.parquet']);
  });

  it('has groups of a few thousand rows, and the types that other readers expect', async () => {
    const folder = fresh();
    const sink = await open(folder, { partRows: 5000 });
    await sink.write(records(0, 5000));
    await sink.close();
    const metadata = parquetMetadata(bufferOf(join(folder, names(1, 1)[0]!)));
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([2048, 2048, 904]);
    const byName = Object.fromEntries(metadata.schema.map((element) => [element.name, element]));
    expect(byName.windowStart).toMatchObject({
      type: 'INT64',
      repetition_type: 'REQUIRED',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    });
    expect(byName.vector).toMatchObject({ repetition_type: 'OPTIONAL', logical_type: { type: 'LIST' } });
    expect(byName.element).toMatchObject({ type: 'FLOAT', repetition_type: 'REQUIRED' });
  });

  it('names the folder that it can not write, and takes nothing more', async () => {
    const file = fresh();
    writeFileSync(file, '');
    await expect(open(file)).rejects.toMatchObject({ code: 'output', message: expect.stringContaining(file) });
    const folder = join(root, 'blocked');
    const sink = await open(folder);
    writeFileSync(folder, '');
    await sink.write(records(0, 1));
    await expect(sink.flush()).rejects.toMatchObject({ code: 'output' });
    await expect(sink.write(records(1, 2))).rejects.toMatchObject({ code: 'output' });
    await sink.close();
  });

  it('refuses a size of parts that is none, and a record that has no columns', async () => {
    await expect(open(fresh(), { partRows: 0 })).rejects.toMatchObject({ code: 'config' });
    await expect(createParquetSink(fresh(), SEGMENTS)).rejects.toThrow(/No Parquet column is made of the type/);
  });
});

async function written(folder: string, sizes: readonly number[]): Promise<void> {
  const sink = await open(folder, { partRows: 100 });
  for (const size of sizes) await sink.write(records(0, size));
  await sink.close();
}

function names(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `part-${String(from + i).padStart(5, '0')}.parquet`);
}

function bytesOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

function bufferOf(path: string): ArrayBuffer {
  return new Uint8Array(readFileSync(path)).buffer;
}

/** What the files hold, by a reader that knows nothing of the sink. */
async function read(folder: string): Promise<EmbeddingRecord[]> {
  if (!existsSync(folder)) return [];
  const rows: Record<string, unknown>[] = [];
  for (const name of readdirSync(folder).sort()) {
    rows.push(...(await parquetReadObjects({ file: bufferOf(join(folder, name)) })));
  }
  const vector = (cell: unknown): number[] | null => (cell == null ? null : Array.from(cell as Float32Array));
  return rows.map((row) => ({
    ...(row as unknown as EmbeddingRecord),
    windowStart: (row.windowStart as Date).getTime(),
    windowEnd: (row.windowEnd as Date).getTime(),
    vector: vector(row.vector),
    alignedVector: vector(row.alignedVector),
    alignedTo: (row.alignedTo as string | undefined) ?? null,
    alignmentResidual: (row.alignmentResidual as number | undefined) ?? null,
  }));
}
