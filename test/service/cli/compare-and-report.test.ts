import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Method } from '../../../src/cluster/offline/method.js';
import { SegtideError } from '../../../src/errors.js';
import { createRandom } from '../../../src/numeric/random.js';
import { compareAndReport } from '../../../src/service/cli/compare-and-report.js';
import type { CompareFlags } from '../../../src/service/cli/compare-command.js';
import { readConfig } from '../../../src/service/cli/read-config.js';
import { bestForRun } from '../../../src/service/compare/best-for-run.js';
import type { ComparisonReport, RankedCandidate } from '../../../src/service/compare/comparison-report.js';
import { rankCandidates } from '../../../src/service/compare/rank-candidates.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';

const SMALL = ['encoder.updates=40', 'encoder.hidden=8', 'encoder.latent=3', 'encoder.engine=js'];
const ROWS = 60;

let folder: string;
let windows: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-compare-'));
  const random = createRandom(5);
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const values = Array.from(
      { length: 8 },
      (_, step) => ((i % 2 === 0) === step < 4 ? 20 : 1) * (0.9 + 0.2 * random.next()),
    );
    return `${i % 2 === 0 ? 'early' : 'late'},${values.join(',')}`;
  });
  windows = join(folder, 'windows.csv');
  await writeFile(windows, `label,${Array.from({ length: 8 }, (_, j) => `s${j}`).join(',')}\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('segtide compare', () => {
  it('tries the plug-in of a config beside others, and writes a config that finds it from its own folder', async () => {
    const [before, after] = [join(folder, 'given'), join(folder, 'chosen')];
    for (const made of [before, after]) await mkdir(made);
    await writeFile(
      join(before, 'halves.mjs'),
      `export default {
        kind: 'encoder',
        fit: () => ({ embeddingSize: 2 }),
        open: () => ({ encode: ({ length, steps, values }) => Float32Array.from({ length: 2 * length }, (_, i) => {
          const at = (i >> 1) * steps + (i % 2) * (steps / 2);
          return values.subarray(at, at + steps / 2).reduce((sum, value) => sum + value, 0);
        }) }),
      };`,
    );
    const config = join(before, 'segtide.yaml');
    await writeFile(
      config,
      'plugins: [{ name: halves, module: ./halves.mjs }]\nencoder: { kind: plugin, plugin: halves, engine: js }\n',
    );
    const output = join(after, 'best.yaml');
    const flags = { config, methods: ['k-means'], labelColumn: 'label', seeds: '1', set: [] };
    const report = await compared({ ...flags, encoders: ['plugin', 'raw'], output });
    expect(report.failures).toEqual([]);
    expect(report.candidates.map(({ encoder }) => encoder).sort()).toEqual(['plugin', 'raw']);
    const [plugin] = (await compared({ ...flags, encoders: ['plugin'], output })).candidates;
    expect(plugin!.ari).toBe(1);
    const found = readConfig(output, [], {});
    expect(found.encoder).toMatchObject({ kind: 'plugin', plugin: 'halves', engine: 'js' });
    expect(found.plugins).toMatchObject([{ name: 'halves', module: join(before, 'halves.mjs') }]);
  });

  it('ranks encoders and methods by labels, and writes a config that loads', async () => {
    const output = join(folder, 'best.yaml');
    const report = await compared({
      encoders: ['series', 'profile'],
      methods: ['k-means', 'dtw'],
      labelColumn: 'label',
      seeds: '2',
      output,
    });
    expect(report).toMatchObject({
      n: ROWS,
      labelled: ROWS,
      seeds: [42, 43],
      rankedBy: 'ari',
      failures: [],
      config: output,
    });
    // Embeddings have no order in time, so that nothing of them can be warped.
    expect(report.candidates.map(({ encoder, method }) => `${encoder} ${method}`).sort()).toEqual([
      'profile k-means',
      'series dtw',
      'series k-means',
    ]);
    const scores = report.candidates.map(({ ari }) => ari!);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    for (const { k, stability, ari } of report.candidates) {
      expect(k).toEqual([2, 2]);
      expect(ari).toBeGreaterThan(0.9);
      expect(stability).toBeGreaterThan(0.9);
    }
    const text = await readFile(output, 'utf8');
    expect(text).toMatch(/^# Chosen by segtide compare: encoder profile, 2 clusters by k-means\.\n/);
    const { encoder, cluster } = loadConfig({ file: { path: output, text } });
    expect(encoder.views).toEqual(['profile']);
    expect(cluster.k).toBe(2);
    // What is as by default is left out, but for what the user gave.
    expect(text.split('\n').slice(2).join('\n')).toBe(`encoder:
  updates: 40
  hidden: 8
  latent: 3
  engine: js
  kind: vrae
  views:
    - profile
cluster:
  k: 2
`);
  });

  it('writes a page without scripts, with maps, clusters, dendrogram and reconstructions of the winner', async () => {
    const file = join(folder, 'compare.html');
    const settings = { methods: ['k-means'], labelColumn: 'label', seeds: '1', report: file };
    expect(await compared({ ...settings, encoders: ['latents'] })).toMatchObject({ page: file });
    const page = await readFile(file, 'utf8');
    expect(page).not.toMatch(/<script|NaN|undefined/);
    for (const title of ['Ranking', 'Maps', 'Clusters', 'Dendrogram', 'Original against reconstructed']) {
      expect(page).toContain(`${title}</h2>`);
    }
    for (const map of ['PCA', 't-SNE', 'UMAP']) expect(page).toContain(`60 windows by latents, by ${map}, coloured`);
    expect(page).toContain('<b>latents</b> by Ward’s linkage');
    // Series are not encoded, and so nothing gives them back.
    await compared({ ...settings, encoders: ['series'], methods: ['k-means', 'divisive', 'agglomerative'] });
    const other = await readFile(file, 'utf8');
    expect(other).not.toContain('Original against reconstructed</h2>');
    for (const method of ['divisive', 'agglomerative']) {
      expect(other).toMatch(
        new RegExp(`<b>series</b> with ${method} <span class="quiet">rank \\d</span></figcaption><div class="wide">`),
      );
    }
  });

  it('tells the ranking where the page can’t be written, and then why it can’t', async () => {
    const page = join(folder, 'taken.html');
    const flags = { encoders: ['raw'], methods: ['k-means'], labelColumn: 'label', seeds: '1', report: page };
    const told: string[] = [];
    // A folder stands there by the time that there is something to write.
    await expect(compared(flags, windows, () => mkdir(page), told)).rejects.toThrow(/taken\.html/);
    expect(JSON.parse(told.join(''))).toMatchObject({ page: null, candidates: [{ encoder: 'raw', ari: 1 }] });
  });

  it('trains a VRAE once for its embedding and for its latents', async () => {
    const flags = { methods: ['k-means'], labelColumn: 'label', seeds: '2' };
    let trainings = 0;
    const both = await compared({ ...flags, encoders: ['latents', 'vrae'] }, windows, () => {
      trainings++;
    });
    expect(trainings).toBe(2);
    const latents = ({ candidates }: ComparisonReport) => candidates.find(({ encoder }) => encoder === 'latents')!;
    const { k, ari, nmi, silhouette, stability, seriesSilhouette } = latents(both);
    // The same as of a training of their own.
    expect(latents(await compared({ ...flags, encoders: ['latents'] }))).toMatchObject({
      ...{ k, ari, nmi, silhouette, stability, seriesSilhouette },
    });
  });

  it('tells what fails, and goes on with the others', async () => {
    const file = join(folder, 'few.csv');
    await writeFile(file, 's0,s1\n1,2\n2,1\n5,5\n');
    const report = await compared(
      { encoders: ['series'], methods: ['k-means', 'agglomerative'], k: '3', seeds: '1' },
      file,
    );
    expect(report.candidates).toHaveLength(2);
    const some = await compared({ encoders: ['series'], methods: ['k-means', 'dbscan'], k: '4', seeds: '1' }, file);
    expect(some.candidates.map(({ method }) => method)).toEqual(['dbscan']);
    const why = "4 clusters can't be made of 3 usable windows; ask for fewer";
    expect(some.failures).toEqual([{ encoder: 'series', method: 'k-means', why }]);
  });

  it('refuses to end with nothing', async () => {
    const file = join(folder, 'fewer.csv');
    await writeFile(file, 's0,s1\n1,2\n2,1\n5,5\n');
    await expect(compared({ encoders: ['series'], methods: ['k-means'], k: '4', seeds: '1' }, file)).rejects.toThrow(
      /^nothing could be compared: series, k-means: 4 clusters can't be made of 3/,
    );
    await expect(compared({ encoders: ['latents'], methods: ['k-shape'], seeds: '1' })).rejects.toThrow(
      'nothing could be compared: latents: k-shape takes series alone',
    );
    await expect(compared({ encoders: ['series'], output: join(folder, 'none.yaml') })).rejects.toThrow(
      '--output has no part here',
    );
  });

  it('refuses names that it does not know', async () => {
    await expect(compared({ encoders: ['umap'] })).rejects.toThrow(
      "--encoders knows no 'umap': name all, or some of series",
    );
    await expect(compared({ methods: ['k-means,kmedoids'] })).rejects.toThrow(
      "--methods knows no 'kmedoids' (did you mean k-medoids?): name all",
    );
    await expect(compared({ seeds: '0' })).rejects.toThrow('--seeds must be a whole number');
    await expect(compared({ timeLimit: 'soon' })).rejects.toThrow('--time-limit must be a duration');
  });

  it('takes lists with commas', async () => {
    const flags = { methods: ['k-means, divisive', 'k-means'], k: '2', seeds: '1', set: [] };
    const { candidates } = await compared({ ...flags, encoders: ['series,raw'] });
    expect(candidates.map(({ encoder, method }) => `${encoder} ${method}`).sort()).toEqual([
      ...['raw divisive', 'raw k-means', 'series divisive', 'series k-means'],
    ]);
  });

  it('stops what takes too long', async () => {
    let stopped = false;
    const never = (signal: AbortSignal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(new SegtideError('aborted', 'The training was stopped.'));
        });
      });
    const flags = { encoders: ['raw'], methods: ['k-means'], k: '2', seeds: '1', set: [], timeLimit: '1s' };
    await expect(compared(flags, windows, never)).rejects.toThrow(
      'nothing could be compared: raw: it took longer than --time-limit 1s',
    );
    expect(stopped).toBe(true);
  });

  it('tells what breaks as having come to nothing, and goes on with the others', async () => {
    const flags = { encoders: ['raw', 'series'], methods: ['k-means'], k: '2', seeds: '1', set: [] };
    const report = await compared(flags, windows, () =>
      Promise.reject(new RangeError('Array buffer allocation failed')),
    );
    expect(report.candidates.map(({ encoder }) => encoder)).toEqual(['series']);
    expect(report.failures).toEqual([
      { encoder: 'raw', method: null, why: 'RangeError: Array buffer allocation failed' },
    ]);
  });

  it('ranks windows of events by the labels that events carry', async () => {
    const file = join(folder, 'usage.ndjson');
    const events = Array.from({ length: 24 * 14 }, (_, i) => {
      const [customer, day] = [i % 24, Math.floor(i / 24)];
      const isEarly = customer % 2 === 0;
      return {
        customer: `c${customer}`,
        time: new Date(Date.UTC(2024, 0, 1 + day)).toISOString(),
        value: isEarly === day % 7 < 3 ? 20 + customer : 1,
        ...(customer < 20 && { class: isEarly ? 'early' : 'late' }),
      };
    });
    await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const flags = { windows: false, value: ['value'], step: 'day', steps: '7', encoders: ['series'], seeds: '1' };
    const methods = ['k-means'];
    const set = (field: string): string[] => [`input.fields.label=${field}`, 'series.scale=max'];
    const report = await compared({ ...flags, methods, set: set('class') }, file);
    // Of each customer a week or two have closed by the end; four customers have no class.
    expect(report).toMatchObject({ rankedBy: 'ari', candidates: [{ ari: 1, k: [2] }] });
    expect(report.labelled! / report.n).toBeCloseTo(20 / 24, 9);
    const other = await compared({ ...flags, methods, set: set('kind') }, file);
    expect(other).toMatchObject({ labelled: null, rankedBy: 'stability and silhouette of series' });
  });
});

describe('the config of a comparison', () => {
  it('is of the best encoder by what a run clusters by', () => {
    const encoders = [
      { name: 'series', by: 'series' as const },
      ...['a', 'b'].map((name) => ({ name, by: 'embedding' as const })),
    ];
    const row = (encoder: string, method: Method, k = 2) =>
      ({ encoder, method, k: [k, k] }) as unknown as RankedCandidate;
    const best = (...rows: RankedCandidate[]) => rows.indexOf(bestForRun(rows, encoders)!);
    expect(best(row('series', 'k-means'), row('a', 'gaussian-mixture'), row('b', 'k-means'), row('a', 'k-means'))).toBe(
      2,
    );
    expect(best(row('a', 'gaussian-mixture'), row('b', 'mini-batch'))).toBe(1);
    expect(best(row('series', 'k-means'), row('b', 'hdbscan'))).toBe(1);
    expect(best(row('a', 'k-means', 1), row('b', 'k-means'))).toBe(1);
    expect(best(row('a', 'k-means', 1), row('series', 'k-means'))).toBe(-1);
  });

  it('is not written where windows are all alike', async () => {
    const [zeros, output] = [join(folder, 'zeros.csv'), join(folder, 'none.yaml')];
    await writeFile(zeros, `s0,s1,s2,s3\n${'0,0,0,0\n'.repeat(20)}`);
    const flags = { encoders: ['raw', 'series'], methods: ['k-means'], seeds: '1', k: '2', output };
    expect(await compared(flags, zeros)).toMatchObject({ config: null, configRank: null });
    await expect(readFile(output)).rejects.toThrow('ENOENT');
  });
});

describe('the ranking', () => {
  const base = {
    method: 'k-means' as const,
    k: [2],
    nmi: null,
    silhouette: 0.9,
    noise: 0,
    encodeSeconds: 0,
    clusterSeconds: 1,
    peakBytes: 0,
  };
  const a = { ...base, encoder: 'a', ari: 0.2, stability: 0.9, seriesSilhouette: 0.5 };
  const b = { ...base, encoder: 'b', ari: 0.7, stability: 0.8, seriesSilhouette: 0.1 };
  const c = { ...base, encoder: 'c', ari: 0.7, stability: null, seriesSilhouette: 0.3, clusterSeconds: 0.5 };

  it('goes by ARI where there are labels, the quicker first among equals', () => {
    expect(rankCandidates([a, b, c], 'ari').map(({ encoder, rank }) => [encoder, rank])).toEqual([
      ['c', 1],
      ['b', 2],
      ['a', 3],
    ]);
  });

  it('goes by stability and the silhouette of series where there are none', () => {
    // a: first and first; c: last and second; b: second and last, as c, and slower.
    const ranked = rankCandidates([c, b, a], 'stability and silhouette of series');
    expect(ranked.map(({ encoder }) => encoder)).toEqual(['a', 'c', 'b']);
  });
});

async function compared(
  flags: Partial<CompareFlags>,
  file = windows,
  onTraining: (signal: AbortSignal) => unknown = () => undefined,
  told: string[] = [],
): Promise<ComparisonReport> {
  const terminal = {
    out: { write: (text: string) => told.push(text) },
    err: { write: () => undefined },
    env: {},
    now: () => 0,
  };
  await compareAndReport([file], { windows: true, set: SMALL, ...flags, json: true }, terminal, async (job, signal) => {
    await onTraining(signal);
    return runTrainingJob(job);
  });
  return JSON.parse(told.join('')) as ComparisonReport;
}
