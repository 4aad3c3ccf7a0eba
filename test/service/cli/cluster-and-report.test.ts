import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjustedRandIndex } from '../../../src/cluster/adjusted-rand-index.js';
import { METHODS } from '../../../src/cluster/offline/method.js';
import { createRandom } from '../../../src/numeric/random.js';
import { clustered, linesOf } from './clustered.js';

const SMALL = ['encoder.updates=60', 'encoder.hidden=8', 'encoder.latent=3', 'encoder.engine=js'];
const CLASSES = ['early', 'late', 'flat'];
const ROWS = 60;
const labels = Array.from({ length: ROWS }, (_, i) => CLASSES[i % 3]!);

let folder: string;
let windows: string;
let vectors: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-cluster-'));
  const random = createRandom(5);
  const rows = labels.map((label) =>
    Array.from({ length: 8 }, (_, step) => {
      const level = label === 'flat' ? 8 : (label === 'early') === step < 4 ? 20 : 1;
      return level * (0.9 + 0.2 * random.next());
    }),
  );
  windows = join(folder, 'windows.csv');
  const head = `label,${Array.from({ length: 8 }, (_, j) => `s${j}`).join(',')}`;
  await writeFile(windows, `${head}\n${rows.map((row, i) => `${labels[i]},${row.join(',')}`).join('\n')}\n`);
  vectors = join(folder, 'vectors.ndjson');
  const records = rows.map((row, i) => ({
    customerId: `a${i}`,
    windowStart: 0,
    windowEnd: 8,
    modelVersion: 'v1',
    // A vector with a hole is null as a whole.
    vector: i === 7 ? null : row,
    class: labels[i],
  }));
  await writeFile(vectors, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
});
afterAll(() => rm(folder, { recursive: true }));

describe('segtide cluster', () => {
  it.each(METHODS)('finds the classes of ready-made windows by %s', async (method) => {
    const assignments = join(folder, `${method}.ndjson`);
    const report = await clustered(windows, {
      windows: true,
      by: 'series',
      method,
      labelColumn: 'label',
      assignments,
      set: ['series.scale=max'],
    });
    expect(report).toMatchObject({ n: ROWS, unusable: 0, by: 'series', method, labelled: ROWS });
    // Shapes alone don't tell what is flat from noise.
    if (method !== 'k-shape') expect(report.ari).toBeGreaterThan(0.9);
    const lines = await linesOf(assignments);
    expect(lines.map(({ row }) => row)).toEqual([...labels.keys()]);
    expect(
      adjustedRandIndex(
        lines.map(({ cluster }) => cluster),
        labels,
      ),
    ).toBeCloseTo(report.ari!, 9);
    expect(report.clusters.reduce((sum, { rows }) => sum + rows, 0) + report.noise).toBe(ROWS);
  });

  it('fits an encoder where embeddings are asked for, and tries numbers of clusters', async () => {
    const plots = join(folder, 'plots');
    const report = await clustered(windows, { windows: true, method: 'agglomerative', k: '2..4', plots, set: SMALL });
    expect(report).toMatchObject({ by: 'embedding', kFrom: 'silhouette', linkage: 'ward', ari: null });
    expect(report.modelVersion).toMatch(/^v1-/);
    expect(report.sweep.map(({ k }) => k)).toEqual([2, 3, 4]);
    const best = report.sweep.reduce((a, b) => (b.silhouette! > a.silhouette! ? b : a));
    expect(report).toMatchObject({ kAsked: best.k, silhouette: best.silhouette });
    expect((await readdir(plots)).sort()).toEqual(['dendrogram.svg', 'k-sweep.svg', 'map-neighbours.svg', 'map.svg']);
    expect(await readFile(join(plots, 'dendrogram.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it('clusters vectors as a run writes them, and tells those that it can’t use', async () => {
    const assignments = join(folder, 'vectors-out.ndjson');
    const report = await clustered(vectors, { vectors: true, labelColumn: 'class', anomalies: '5', assignments });
    expect(report).toMatchObject({ n: ROWS, unusable: 1, by: 'vectors', k: 3, kFrom: 'labels', ari: 1, dimensions: 8 });
    expect(report.anomalies).toHaveLength(10);
    const lines = await linesOf(assignments);
    expect(lines).toHaveLength(ROWS);
    expect(lines[7]).toMatchObject({ row: 7, customerId: 'a7', status: 'unusable', cluster: null });
    expect(lines[8]).toMatchObject({ customerId: 'a8', windowStart: 0, status: 'clustered', lof: expect.any(Number) });
  });

  it('takes numeric columns of CSV as vectors', async () => {
    const file = join(folder, 'columns.csv');
    await writeFile(file, 'id,x,y\na,0,0\nb,0,1\nc,9,9\nd,9,8\n');
    const report = await clustered(file, { vectors: true, k: '2' });
    expect(report).toMatchObject({ n: 4, k: 2, dimensions: 2 });
    expect(report.clusters.map(({ rows }) => rows)).toEqual([2, 2]);
  });

  it('takes many rows that are all alike for no reason to call their neighbours odd', async () => {
    const file = join(folder, 'idle.csv');
    const near = Array.from({ length: 30 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)}`);
    await writeFile(file, `x,y\n${'0,0\n'.repeat(40)}${near.join('\n')}\n9,9\n`);
    const assignments = join(folder, 'idle.ndjson');
    await clustered(file, { vectors: true, k: '2', anomalies: '10', assignments });
    const factors = (await linesOf(assignments)).map(({ lof }) => lof!);
    expect(factors[0]).toBe(factors[39]);
    expect(Math.max(...factors.slice(0, 70))).toBeLessThan(2);
    expect(factors[70]).toBeGreaterThan(3);
  });

  it('makes fewer clusters where fewer rows differ, and says so', async () => {
    const file = join(folder, 'alike.csv');
    await writeFile(file, `x,y\n${'0,0\n'.repeat(6)}${'1,1\n'.repeat(5)}`);
    for (const method of METHODS.filter((name) => !['k-shape', 'dtw', 'dbscan', 'hdbscan'].includes(name))) {
      expect(await clustered(file, { vectors: true, k: '4', method })).toMatchObject({ k: 2, kAsked: 4, noise: 0 });
    }
    expect(await clustered(file, { vectors: true, method: 'hdbscan', minClusterSize: '4' })).toMatchObject({ k: 2 });
    expect(await clustered(file, { vectors: true, method: 'dbscan' })).toMatchObject({ kAsked: null, noise: 0 });
  });

  it('clusters constant and all-zero windows by every method on series', async () => {
    const file = join(folder, 'flat.csv');
    await writeFile(file, `s0,s1,s2,s3\n${'0,0,0,0\n'.repeat(4)}${'5,5,5,5\n'.repeat(4)}1,2,3,4\n4,3,2,1\n`);
    for (const method of METHODS) {
      const report = await clustered(file, {
        windows: true,
        by: 'series',
        method,
        ...(method.endsWith('scan') ? {} : { k: '2' }),
      });
      expect(report.clusters.reduce((sum, { rows }) => sum + rows, 0) + report.noise).toBe(10);
    }
  });

  it.each([
    ['one row', 'x\n1\n', {}, 'at least 2 usable windows; got 1'],
    ['more clusters than rows', 'x\n1\n2\n', { k: '3' }, '3 clusters can’t be made of 2'.replace('’', "'")],
    ['vectors of text', 'x\na\nb\n', {}, 'neither an array'],
    ['a method on series', 'x\n1\n2\n', { method: 'dtw' }, 'dtw compares series over time'],
    ['a range that runs down', 'x\n1\n2\n', { k: '5..2' }, '--k must be a number'],
    ['a number of clusters for DBSCAN', 'x\n1\n2\n', { method: 'dbscan', k: '2' }, 'dbscan finds the number'],
    ['a flag of another method', 'x\n1\n2\n', { band: '0.1' }, '--band is for dtw'],
  ])('refuses %s in words', async (_, text, flags, expected) => {
    const file = join(folder, 'bad.csv');
    await writeFile(file, text);
    await expect(clustered(file, { vectors: true, ...flags })).rejects.toThrow(expected);
  });

  it('tells where a flag took the file for its own value', async () => {
    await expect(clustered(undefined, { vectors: 'embeddings.ndjson' })).rejects.toThrow(
      "'embeddings.ndjson' was taken as what the flag before it says, so name files first",
    );
  });

  it('refuses vectors of different widths, and of different models', async () => {
    const file = join(folder, 'widths.ndjson');
    await writeFile(file, '{"vector":[1,2]}\n{"vector":[1,2,3]}\n');
    await expect(clustered(file, { vectors: true })).rejects.toThrow(
      'record 2 has a vector of 3 numbers, those before of 2',
    );
    const records = ['v1', 'v1', 'v2'].map((modelVersion, i) => JSON.stringify({ modelVersion, vector: [i, 1] }));
    await writeFile(file, records.join('\n'));
    await expect(clustered(file, { vectors: true })).rejects.toThrow('--model-version');
    expect(await clustered(file, { vectors: true, modelVersion: 'v1', k: '2' })).toMatchObject({ n: 2, k: 2 });
    await expect(clustered(file, { vectors: true, modelVersion: 'v3' })).rejects.toThrow(
      /there is no record of model v3, but those of v1, v2/,
    );
  });
});

describe('events that no window has', () => {
  const flags = {
    by: 'series',
    customer: 'c',
    time: 't',
    step: 'hour',
    steps: '2',
    k: '2',
    method: 'k-means',
  } as const;
  const set = ['input.time.unit=ms', 'window.outOfOrderness=1s'];
  const event = (hour: number, customer: string): string => `{"c":"${customer}","t":${Date.UTC(2026, 0, 1, hour)}}`;

  it('are told with what became of them', async () => {
    const file = join(folder, 'some.ndjson');
    const hours = [0, 1, 2, 3, 4, 5, 6].flatMap((hour) => [event(hour, 'a'), event(hour, 'b')]);
    await writeFile(file, [...hours, '{"t":1}', 'no JSON', event(0, 'a')].join('\n'));
    const told: string[] = [];
    expect(await clustered(file, { ...flags, set }, (text) => told.push(text))).toMatchObject({ n: 6, events: 17 });
    expect(told.join('')).toContain(
      '3 of 17 events are in no window: 1 dead-lettered as incomplete, 1 dead-lettered as unreadable, 1 late',
    );
  });

  it('are no clusters, and the fields in use are named where none could be read', async () => {
    const file = join(folder, 'none.ndjson');
    await writeFile(file, event(0, 'a'));
    await expect(clustered(file, { ...flags, set, customer: 'nosuch' })).rejects.toThrow(
      /^none of 1 event was accepted \(1 dead-lettered\).*customer: 'nosuch'/,
    );
  });
});
