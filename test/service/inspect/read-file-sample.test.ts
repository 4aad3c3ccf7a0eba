import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileSample } from '../../../src/service/inspect/read-file-sample.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-inspect-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, content);
  return readFileSample(path);
}

describe('readFileSample', () => {
  it('reads NDJSON with objects in objects, and counts what it can not read', async () => {
    const sample = await read('a.ndjson', '{"a":{"b":1},"c":[1],"d.e":2}\n\nnonsense\n[1]\n{"d":null}');
    expect(sample).toMatchObject({ records: [{ 'a.b': 1, 'd\\.e': 2 }, { d: null }], unreadable: 2, whole: true });
  });

  it.each([',', ';', '\t', '|'])('reads CSV parted by %j, quoted, with a mark of the byte order', async (delimiter) => {
    const text = `\ufeffid${delimiter}name\r\n1${delimiter}"x ""y"""\r\n2${delimiter}\r\n`;
    const sample = await read('a.csv.gz', gzipSync(text));
    expect(sample.records).toEqual([
      { id: '1', name: 'x "y"' },
      { id: '2', name: null },
    ]);
    expect(sample.csv).toEqual({ delimiter, header: true });
  });

  it('names the columns of CSV that has no header', async () => {
    const sample = await read('a.csv', 'm1,2026-01-01,3\nm2,2026-01-02,4\n');
    expect(sample.csv!.header).toEqual(['column1', 'column2', 'column3']);
    expect(sample.records).toHaveLength(2);
  });

  it('reads Parquet', async () => {
    const sample = await readFileSample('examples/data/flights.parquet');
    expect(sample.records).toHaveLength(327_346);
    expect(sample.records[0]).toMatchObject({ tailnum: 'N14228' });
  });

  it('refuses what is not there, or no known format', async () => {
    await expect(readFileSample(join(folder, 'none.csv'))).rejects.toThrow(/none\.csv/);
    await expect(read('a.xlsx', 'PK')).rejects.toThrow(/cannot be told by its ending/);
  });
});
