import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import { renderClusters } from '../../../src/service/summary/render-clusters.js';
import { clustered, linesOf } from './clustered.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-odd-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, ...lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const STYLE = { width: 100, color: false };

describe('cluster.distance: cosine', () => {
  // Two directions, each of short and of long vectors.
  const rows = ['1,0', '9,0.1', '1,0.05', '0,1', '0.1,9', '0.05,1'];

  it('puts vectors of one direction together, however long they are', async () => {
    const file = await fileOf('directions.csv', 'x,y', ...rows);
    const assignments = join(folder, 'directions.ndjson');
    const together = async (...set: string[]): Promise<boolean> => {
      await clustered(file, { vectors: true, k: '2', assignments, set });
      const clusters = (await linesOf(assignments)).map(({ cluster }) => cluster);
      return clusters.slice(0, 3).every((of) => of === clusters[0]) && new Set(clusters.slice(3)).size === 1;
    };
    expect(await together('cluster.distance=cosine')).toBe(true);
    expect(await together()).toBe(false);
    const report = await clustered(file, { vectors: true, k: '2', set: ['cluster.distance=cosine'] });
    expect(report.distance).toBe('cosine');
    expect(renderClusters(report, STYLE)).toContain('their direction alone (cosine)');
  });

  it.each(['dtw', 'k-shape'])('is refused by %s, which has a distance of its own', async (method) => {
    const file = await fileOf('series.csv', 's0,s1', ...rows);
    const flags = { windows: true, method, k: '2' };
    await expect(clustered(file, { ...flags, set: ['cluster.distance=cosine'] })).rejects.toThrow(
      `${method} has a distance of its own, and none by direction; got cluster.distance: cosine`,
    );
    expect(await clustered(file, flags)).toMatchObject({ distance: 'euclidean' });
  });
});

describe('windows of which nothing is known', () => {
  it.each([
    ['series', {}],
    ['embedding', { set: ['encoder.kind=raw'] }],
  ])('are unusable by %s, and counted', async (by, flags) => {
    const random = createRandom(3);
    const known = Array.from({ length: 20 }, (_, i) => `${i % 2},${random.next()},${(i % 2) * 5},`);
    const file = await fileOf('holes.csv', 's0,s1,s2,s3', ...known.slice(0, 9), ',,,', ...known.slice(9), ',,,');
    const assignments = join(folder, 'holes.ndjson');
    const report = await clustered(file, { windows: true, by, k: '2', assignments, ...flags });
    expect(report).toMatchObject({ n: 22, unusable: 2, k: 2 });
    expect(report.clusters.reduce((sum, { rows }) => sum + rows, 0)).toBe(20);
    const lines = await linesOf(assignments);
    expect(lines).toHaveLength(22);
    expect(lines.filter(({ status }) => status === 'unusable').map(({ row }) => row)).toEqual([9, 21]);
    expect(renderClusters(report, STYLE)).toContain('2 rows of which nothing is known');
  });

  it('are too few to cluster where hardly another is left', async () => {
    const file = await fileOf('none.csv', 's0,s1', '1,2', ',', ',');
    await expect(clustered(file, { windows: true, by: 'series', k: '2' })).rejects.toThrow('got 1');
  });
});

describe('vectors with numbers that are none', () => {
  it('are unusable, and counted, also where Python wrote them', async () => {
    const near = (x: number, i: number) => `{"vector":[${x},${i / 10}]}`;
    const known = Array.from({ length: 10 }, (_, i) => near(i < 5 ? 0 : 9, i));
    const odd = ['{"vector":[NaN,1],"id":"a NaN \\" NaN"}', '{"vector":[1,-Infinity]}'];
    const file = await fileOf('python.ndjson', ...known.slice(0, 3), ...odd, ...known.slice(3));
    const assignments = join(folder, 'python-rows.ndjson');
    expect(await clustered(file, { vectors: true, k: '2', assignments })).toMatchObject({ n: 12, unusable: 2, k: 2 });
    const unusable = (await linesOf(assignments)).filter(({ status }) => status === 'unusable');
    expect(unusable).toMatchObject([{ row: 3, customerId: 'a NaN " NaN' }, { row: 4 }]);
    await expect(clustered(await fileOf('cut.ndjson', '{"vector":[NaN,'), { vectors: true, k: '2' })).rejects.toThrow(
      'line 1: it is no JSON',
    );
  });
});

describe('constant windows', () => {
  it('are one cluster, and none of them stands out', async () => {
    const file = await fileOf('constant.csv', 's0,s1,s2', ...Array<string>(12).fill('5,5,5'));
    const assignments = join(folder, 'constant.ndjson');
    const report = await clustered(file, { windows: true, by: 'series', anomalies: '5', assignments });
    expect(report).toMatchObject({ k: 1, unusable: 0, silhouette: null });
    for (const line of await linesOf(assignments)) {
      expect(line).toMatchObject({ cluster: 'c1', lof: 1, knn: 0, isolation: 0.5 });
    }
    expect(renderClusters(report, STYLE)).toContain('no factor (LOF) reaches 1.5');
  });

  it('have finite scores among others', async () => {
    const random = createRandom(7);
    const others = Array.from({ length: 12 }, () => Array.from({ length: 3 }, () => 9 * random.next()).join());
    const constant = [...Array<string>(12).fill('5,5,5'), ...Array<string>(12).fill('0,0,0')];
    const file = await fileOf('mixed.csv', 's0,s1,s2', ...constant, ...others);
    const assignments = join(folder, 'mixed.ndjson');
    for (const scope of ['global', 'own']) {
      const set = [`series.scope=${scope}`];
      await clustered(file, { windows: true, by: 'series', k: '3', anomalies: '10', assignments, set });
      for (const { lof, knn, isolation } of await linesOf(assignments)) {
        expect([lof, knn, isolation].every((score) => Number.isFinite(score))).toBe(true);
      }
    }
  });
});

describe('more than there is', () => {
  it('is told of clusters and of neighbours', async () => {
    const file = await fileOf('few.csv', 'x', '1', '2', '9', '10', '30');
    const report = await clustered(file, { vectors: true, k: '2..40', anomalies: '500' });
    expect(report).toMatchObject({ kTo: 40, neighbours: { asked: 500, taken: 4 } });
    expect(report.sweep.map(({ k }) => k)).toEqual([2, 3, 4, 5]);
    const text = renderClusters(report, STYLE);
    expect(text).toContain('5 clusters were the most that were tried, of 40 asked for: no more rows differ');
    expect(text).toContain('by 4 neighbours, not 500: there are no more rows to compare with');
    expect(renderClusters(await clustered(file, { vectors: true, k: '2..4', anomalies: '4' }), STYLE)).not.toMatch(
      /asked for|no more rows/,
    );
  });
});

describe('labels', () => {
  const events = [0, 1, 2, 3].flatMap((hour) =>
    ['a', 'b'].map((customer) => `{"c":"${customer}","t":${Date.UTC(2026, 0, 1, hour)}}`),
  );
  const flags = {
    ...{ by: 'series', customer: 'c', time: 't', step: 'hour', steps: '2', k: '2' },
    set: ['input.time.unit=ms', 'window.outOfOrderness=1s'],
  };

  it.each([
    ['nothing', [''], 'holds no label in 1 lines'],
    ['blank labels', ['{"customerId":"a","segment":" "}'], 'holds no label in 1 lines'],
    [
      'CSV',
      ['customerId,segment', 'a,x'],
      "line 1: a label is a JSON object with the texts 'customerId' and 'segment'",
    ],
    ['a list', ['["a","x"]'], 'line 1: a label is a JSON object'],
    ['null', ['null'], 'line 1: a label is a JSON object'],
    ['a number for a segment', ['{"customerId":"a","segment":3}'], 'got {"customerId":"a","segment":3}'],
    ['a date', ['{"customerId":"a","segment":"x","from":"2026-01-01"}'], "'from' and 'to' are epoch milliseconds"],
    ['others', ['{"customerId":"z","segment":"x"}'], 'windows; name the labels of these events'],
  ])('of a file that holds %s are refused in words', async (_, lines, expected) => {
    const labels = await fileOf('labels.ndjson', ...lines);
    const file = await fileOf('events.ndjson', ...events);
    await expect(clustered(file, { ...flags, labels })).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining(expected),
    });
  });

  it('are refused in words where all are blank', async () => {
    const windows = await fileOf('blank.csv', 'label,s0,s1', ...Array<string>(4).fill(' ,1,2'));
    await expect(clustered(windows, { windows: true, by: 'series', labelColumn: 'label' })).rejects.toThrow(
      "column 'label' is blank in all 4 rows",
    );
    await expect(clustered(windows, { vectors: true, labelColumn: 'label' })).rejects.toThrow(
      "'label' is blank in all 4 records",
    );
  });
});
