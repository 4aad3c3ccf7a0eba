import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWindowTable } from '../../../src/transport/file/read-window-table.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-windows-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(text: string | Uint8Array): Promise<string> {
  const path = join(folder, 'windows.csv');
  await writeFile(path, text);
  return path;
}

describe('readWindowTable', () => {
  it('reads a row a window, blank as missing, in any order of the columns', async () => {
    const text = '\ufeffs1,id,label,s0,s2\r\n2,x,"a, b",1.5e0,\r\n,y,,-1, 3 \r\n';
    for (const content of [text, gzipSync(text)]) {
      expect(await readWindowTable(await written(content), { labelColumn: 'label' })).toEqual({
        length: 2,
        steps: 3,
        channels: 1,
        values: Float32Array.of(1.5, 2, 0, -1, 0, 3),
        mask: Uint8Array.of(0, 0, 2, 0, 2, 0),
        labels: ['a, b', ''],
      });
    }
  });

  it('passes over a byte order mark, also before a quoted name', async () => {
    const text = '\ufeff"s0","s1"\n1,2\n';
    for (const content of [text, gzipSync(text)]) {
      expect(await readWindowTable(await written(content))).toMatchObject({ steps: 2, values: Float32Array.of(1, 2) });
    }
  });

  it('refuses a step as the label', async () => {
    const read = readWindowTable(await written('s0,s1\n1,2\n'), { labelColumn: 's0' });
    await expect(read).rejects.toThrow(/column 's0' is a step of the windows, so it can't be their label/);
  });

  it('reads several channels, each step of them side by side', async () => {
    const table = await readWindowTable(await written('c0_s0,c0_s1,c1_s0,c1_s1\n1,2,3,4'));
    expect(table).toMatchObject({ length: 1, steps: 2, channels: 2, values: Float32Array.of(1, 3, 2, 4) });
    expect(table.labels).toBeUndefined();
  });

  it('reads files of many chunks', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},"${'x'.repeat(i % 90)}",${i / 3}`);
    const table = await readWindowTable(await written(gzipSync(`s0,note,s1\n${rows.join('\n')}\n`)));
    expect(table.length).toBe(30_000);
    for (const i of [0, 1, 9999, 29_999])
      expect(table.values.slice(2 * i, 2 * i + 2)).toEqual(Float32Array.of(i, i / 3));
  });

  it.each([
    ['', /it holds no windows/],
    ['s0,s1\n', /it holds no windows/],
    ['label,value\n1,2\n', /it has no columns s0, s1/],
    ['s0,s2\n1,2\n', /it has no column s1; its other columns make windows of 3 steps/],
    ['s0,s99999999999\n1,2\n', /column s99999999999 is beyond the most that windows can have, 65535 steps/],
    ['c0_s0,c65535_s0\n1,2\n', /column c65535_s0 is beyond the most/],
    ['c0_s0,c9_s1\n1,2\n', /it has no column c1_s0; its other columns make windows of 2 × 10 \(steps × channels\)/],
    ['c0_s0,c1_s0,c1_s1\n1,2,3\n', /it has no column c0_s1/],
    ['s0,c1_s0,c1_s1\n1,2,3\n', /columns s0 and c1_s0 name steps in two ways/],
    ['s0,c0_s1\n1,2\n', /columns s0 and c0_s1 name steps in two ways/],
    ['s0,s00\n1,2\n', /columns s0 and s00 are the same step/],
    ['s0,s1\n1,2\n3\n', /row 1 \(line 3\) has 1 fields, the header 2/],
    ['s0,s1\n1,2\n3,x4\n', /row 1 \(line 3\), column s1: 'x4' is no number/],
    ['s0\n1e40\n', /row 0 \(line 2\), column s0: '1e40' is no number that a series can hold/],
    ['s0\ninf\n', /is no number/],
    ['s0\nNaN\n', /'NaN' is no number/],
    ['s0,label,class,label\n1,2,3,4\n', /it has several columns 'label', of which one can be the label/],
    ['s0,s1\n1,"2\n', /row 0 \(line 2\) has a quote that does not close/],
    ['s0,s1,class\n1,2,3\n', /it has no column 'label'; beside the steps it has class/],
  ])('refuses %j', async (text, message) => {
    const labelColumn = text.includes('class') ? 'label' : undefined;
    const read = readWindowTable(await written(text), { labelColumn });
    await expect(read).rejects.toMatchObject({ code: 'input', name: 'SegtideError' });
    await expect(read).rejects.toThrow(message);
  });

  it('names a row as assignments do, and the line that it begins on, in files of many chunks, too', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},"two\nlines${'x'.repeat(i % 90)}"`);
    rows.splice(15_000, 0, '', '\r', 'no number,"two\nlines"');
    const read = readWindowTable(await written(`s0,"a\nnote"\n${rows.join('\n')}\n`));
    // Two lines of the header, two of each row before, and two that are blank.
    await expect(read).rejects.toThrow(/row 15000 \(line 30005\), column s0: 'no number'/);
  });

  it('reads standard input as well, gzipped or not', async () => {
    for (const content of ['s0,s1\n1,2\n', gzipSync('s0,s1\n1,2\n')]) {
      const stdin = Readable.from([content.slice(0, 5), content.slice(5)].map((part) => Buffer.from(part)));
      expect(await readWindowTable('-', { stdin })).toMatchObject({ steps: 2, values: Float32Array.of(1, 2) });
    }
    const stdin = Readable.from([Buffer.from('s0\nx\n')]);
    await expect(readWindowTable('-', { stdin })).rejects.toThrow(/^standard input: row 0 \(line 2\)/);
  });

  it('stops on request, also while nothing comes', async () => {
    const stdin = new PassThrough();
    const controller = new AbortController();
    const read = readWindowTable('-', { stdin, signal: controller.signal });
    stdin.write('s0\n1\n');
    setImmediate(() => controller.abort());
    await expect(read).rejects.toMatchObject({ code: 'aborted' });
  });

  it('names a folder, a file that is not there, or one that is cut off', async () => {
    await expect(readWindowTable(folder)).rejects.toMatchObject({
      code: 'input',
      message: `Cannot read ${folder}: it is a folder; name a file in it.`,
    });
    await expect(readWindowTable(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'input' });
    const cut = gzipSync(`s0\n${'1\n'.repeat(1000)}`);
    await expect(readWindowTable(await written(cut.subarray(0, cut.length - 9)))).rejects.toThrow(
      /cut off.*What comes before that is whole/,
    );
  });
});
