import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjustedRandIndex } from '../../../src/cluster/adjusted-rand-index.js';
import { createRandom } from '../../../src/numeric/random.js';
import { evaluateAndReport } from '../../../src/service/cli/evaluate-and-report.js';
import type { EvaluateFlags } from '../../../src/service/cli/evaluate-command.js';
import type { EvaluationReport } from '../../../src/service/model/evaluation-report.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import { halvesOnnx } from '../../support/onnx-files.js';
import { halvesLayers, writeTfjs } from '../../support/tfjs-models.js';

const SMALL = ['encoder.updates=150', 'encoder.hidden=8', 'encoder.latent=3', 'encoder.engine=js'];
const CLASSES = ['early', 'late', 'flat'];
const ROWS = 120;
const labels = Array.from({ length: ROWS }, (_, i) => CLASSES[i % 3]!);

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-evaluate-'));
  file = join(folder, 'windows.csv');
  const random = createRandom(5);
  const rows = labels.map((label, i) => {
    const values = Array.from({ length: 8 }, (_, step) => {
      const level = label === 'flat' ? 8 : (label === 'early') === step < 4 ? 20 : 1;
      return i % 10 === 7 && step === 2 ? '' : (level * (0.9 + 0.2 * random.next())).toFixed(3);
    });
    return `${label},${values.join(',')}`;
  });
  await writeFile(file, `label,${Array.from({ length: 8 }, (_, j) => `s${j}`).join(',')}\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('segtide evaluate', () => {
  it.each(['raw', 'features', 'rocket', 'dtw'])('scores encoder %s, which gives no windows back', async (kind) => {
    const report = await evaluated({ labelColumn: 'label', set: [`encoder.kind=${kind}`, 'encoder.engine=js'] });
    expect(report).toMatchObject({
      n: ROWS,
      encoder: kind,
      reconstructionError: null,
      activeUnits: null,
      latent: null,
    });
    expect(report.ari).toBeGreaterThan(0.8);
    expect(report.embeddingSize).toBeGreaterThan(1);
  });

  it('scores an encoder that is an ONNX file', async () => {
    const model = join(folder, 'halves.onnx');
    await writeFile(model, halvesOnnx(8));
    const set = ['encoder.kind=onnx', `encoder.file=${model}`];
    const report = await evaluated({ labelColumn: 'label', set });
    expect(report).toMatchObject({ n: ROWS, encoder: 'onnx', embeddingSize: 2, reconstructionError: null });
    expect(report.ari).toBeGreaterThan(0.95);
    await writeFile(model, halvesOnnx(9));
    await expect(run({ set, k: '3' })).rejects.toThrow('takes (batch, 9, 1), and windows have 8 steps and 1 channels');
  });

  it('scores an encoder that is a TensorFlow.js model', async () => {
    const model = await writeTfjs(halvesLayers(8));
    const set = ['encoder.kind=tfjs', `encoder.file=${model}`];
    const report = await evaluated({ labelColumn: 'label', set });
    expect(report).toMatchObject({ n: ROWS, encoder: 'tfjs', embeddingSize: 2, reconstructionError: null });
    expect(report.ari).toBeGreaterThan(0.95);
    const layer = [...set, 'encoder.layer=embeding'];
    await expect(run({ set: layer, k: '3' })).rejects.toThrow('did you mean embedding?');
    await rm(dirname(model), { recursive: true });
  });

  it('scores segments against labels that it did not fit to', async () => {
    const assignments = join(folder, 'segments.csv');
    const report = await evaluated({ labelColumn: 'label', assignments });
    expect(report).toMatchObject({
      file,
      warning: null,
      n: ROWS,
      fitted: ROWS,
      steps: 8,
      channels: 1,
      k: 3,
      kFrom: 'labels',
      fold: null,
      engine: 'js',
      settings: { hidden: 8, latent: 3, shift: 'aligned' },
    });
    expect(report.ari).toBeGreaterThan(0.95);
    expect(report.nmi).toBeGreaterThan(0.95);
    expect(report.silhouette).toBeGreaterThan(0.5);
    expect(report.reconstructionError).toBeGreaterThan(0);
    expect(report.reconstructionError).toBeLessThan(0.5);
    expect(report.segments.map(({ windows }) => windows).reduce((a, b) => a + b)).toBe(ROWS);

    const [head, ...lines] = (await readFile(assignments, 'utf8')).trimEnd().split('\n');
    expect(head).toBe('row,segment');
    expect(lines.map((line) => Number(line.split(',')[0]))).toEqual([...labels.keys()]);
    const segments = lines.map((line) => line.split(',')[1]!);
    expect(adjustedRandIndex(segments, labels)).toBe(report.ari);
  });

  it('never lets labels change what is fitted', async () => {
    const blind = await evaluated({ k: '3' });
    expect(blind).toMatchObject({ ari: null, nmi: null, kFrom: 'option' });
    expect((await evaluated({ labelColumn: 'label' })).modelVersion).toBe(blind.modelVersion);
  });

  it('fits one half and scores the other, drawn by the seed', async () => {
    const rowsOf = async (flags: Partial<EvaluateFlags>): Promise<number[]> => {
      const assignments = join(folder, 'half.csv');
      const report = await evaluated({ ...flags, fit: 'half', labelColumn: 'label', assignments });
      expect(report).toMatchObject({ n: ROWS / 2, fitted: ROWS / 2, fit: 'half' });
      return (await readFile(assignments, 'utf8')).match(/^\d+/gm)!.map(Number);
    };
    const [scored0, scored1] = [await rowsOf({ fold: '0' }), await rowsOf({ fold: '1' })];
    expect([...scored0, ...scored1].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect(scored0).toEqual(scored0.toSorted((a, b) => a - b));
    expect(await rowsOf({ fold: '0' })).toEqual(scored0);
    expect(await rowsOf({ fold: '0', seed: '7' })).not.toEqual(scored0);
  });

  it('chooses the number of segments where nobody names it', async () => {
    expect(await evaluated({})).toMatchObject({ k: 3, kFrom: 'silhouette' });
    expect(await evaluated({ k: 'auto', labelColumn: 'label' })).toMatchObject({ k: 3, kFrom: 'silhouette' });
    expect(await evaluated({ k: '2', labelColumn: 'label' })).toMatchObject({ k: 2, kFrom: 'option' });
  });

  it('draws originals against reconstructions', async () => {
    const plot = join(folder, 'plot.svg');
    await evaluated({ plot, k: '3' });
    const svg = await readFile(plot, 'utf8');
    expect(svg.match(/<path /g)).toHaveLength(3 * 4 * 2);
    for (const [, path] of svg.matchAll(/ d="([^"]*)"/g))
      expect(path).toMatch(/^M[\d.]+,[\d.]+h0.5(L[\d.]+,[\d.]+|M[\d.]+,[\d.]+h0.5)+$/);
    expect(svg.match(/row \d+, error 0\.\d+/g)).toHaveLength(12);
  });

  it('overwrites neither what it reads nor its own results', async () => {
    const before = await readFile(file, 'utf8');
    const other = join(folder, 'other');
    for (const flags of [
      { assignments: file },
      { plot: file },
      { assignments: other, plot: other },
      { plot: folder },
    ]) {
      await expect(run(flags)).rejects.toMatchObject({ code: 'config' });
    }
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await readdir(folder)).not.toContain('other');
  });

  it.each([
    [{}, /^stopping; nothing is written\n$/],
    [
      { json: true },
      /^\{"error":\{"code":"aborted","message":"The \w+ was stopped on request\.","retriable":false\}\}\n$/,
    ],
  ])('writes nothing after an interrupt that comes late, but says so: %j', async (flags, err) => {
    const [assignments, plot] = [join(folder, 'late.csv'), join(folder, 'late.svg')];
    const listeners = process.listeners('SIGINT');
    try {
      const stopped = await run({ ...flags, assignments, plot, k: '3' }, file, async (job) => {
        const result = await runTrainingJob(job);
        setImmediate(() => process.emit('SIGINT'));
        return result;
      });
      expect(stopped).toEqual({ exitCode: 130, out: '', err: expect.stringMatching(err) });
    } finally {
      for (const listener of process.listeners('SIGINT')) {
        if (!listeners.includes(listener)) process.off('SIGINT', listener);
      }
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('late'))).toEqual([]);
  });

  it('has no score where nothing can be scored', async () => {
    expect(await evaluated({ k: '1' })).toMatchObject({ k: 1, silhouette: null });
    const blank = join(folder, 'blank.csv');
    await writeFile(blank, `s0,s1,s2\n${',,\n'.repeat(20)}`);
    const { out } = await run({ k: 'auto', json: true }, blank);
    expect(JSON.parse(out)).toMatchObject({ k: 1, silhouette: null, reconstructionError: null });
    const plot = join(folder, 'blank.svg');
    const told = await run({ k: 'auto', plot }, blank);
    expect(await readFile(plot, 'utf8')).toContain('row 0, error –');
    expect(told.out).toMatch(/silhouette +– /);
    expect(told.out).toMatch(/reconstruction error +– /);
  });

  it('refuses more segments than windows can make', async () => {
    const few = join(folder, 'few.csv');
    await writeFile(few, 's0,s1\n1,2\n2,1\n1,3\n3,1\n5,5\n');
    let trained = 0;
    const train: typeof runTrainingJob = (job) => {
      trained++;
      return runTrainingJob(job);
    };
    await expect(run({ k: '8' }, few, train)).rejects.toMatchObject({
      code: 'config',
      message: '--k 8 asks for more segments than the 5 windows of the file can make; ask for fewer',
    });
    expect(trained).toBe(0);
    await writeFile(few, `s0,s1\n${'1,2\n2,1\n'.repeat(10)}`);
    await expect(run({ k: '8' }, few)).rejects.toMatchObject({
      code: 'config',
      message: '--k 8 asks for more segments than the 20 fitted windows, of which 2 differ, can make; ask for fewer',
    });
  });

  it('says that a handful of windows can not be scored', async () => {
    const few = join(folder, 'handful.csv');
    await writeFile(few, 's0,s1\n1,2\n2,1\n1,3\n3,1\n5,5\n');
    expect((await run({ k: '2' }, few)).out).toContain(
      '  with 5 windows in 2 segments the scores mean nothing; give more\n',
    );
    expect((await run({ k: '3' })).out).not.toContain('mean nothing');
  });

  it('says how many windows have no label', async () => {
    const some = join(folder, 'some-labels.csv');
    await writeFile(some, `class,s0,s1\n${'a,1,2\nb,2,1\n,1,3\n'.repeat(10)}`);
    const { out } = await run({ labelColumn: 'class', json: true }, some);
    expect(JSON.parse(out)).toMatchObject({ n: 30, unlabelled: 10 });
    const told = (await run({ labelColumn: 'class' }, some)).out.replace(/\s+/g, ' ');
    expect(told).toContain('agreement with the labels of 20 windows; the others have none; chance is 0');
    expect(await evaluated({ k: '3' })).toMatchObject({ unlabelled: null });
  });

  it('says where there are fewer segments than classes', async () => {
    const alike = join(folder, 'alike.csv');
    await writeFile(alike, `class,s0,s1\n${'a,1,2\nb,2,1\nc,1,2\n'.repeat(10)}`);
    const { out } = await run({ labelColumn: 'class', json: true }, alike);
    expect(JSON.parse(out)).toMatchObject({ k: 2, kAsked: 3, kFrom: 'labels' });
    const told = await run({ labelColumn: 'class' }, alike);
    expect(told.out).toContain('Segments: 2, fewer than the 3 classes: the windows differ too little');
  });

  it('prints nothing where it is to be quiet, but what --json asks for', async () => {
    expect(await run({ quiet: true, k: '3' })).toMatchObject({ out: '', err: '', exitCode: 0 });
    expect(JSON.parse((await run({ quiet: true, json: true, k: '3' })).out)).toMatchObject({ k: 3 });
  });

  it('finds out before it trains that a result can not be written', async () => {
    const train = () => expect.fail('this was to be told before');
    for (const name of ['plot', 'assignments'] as const) {
      await expect(run({ [name]: join(file, 'result') }, file, train)).rejects.toMatchObject({ code: 'output' });
    }
  });

  it('tells people the same', async () => {
    const { out, err } = await run({ labelColumn: 'label' });
    expect(err).toBe('');
    expect(out).toMatch(/windows\.csv: 120 windows of 8 steps, fitted and\nscored in/);
    expect(out).toMatch(/ARI +(1|0\.9\d\d)/);
    expect(out).toMatch(/Segments: 3, as many as there are classes/);
  });

  it.each([
    [{ k: 'many' }, /--k must be auto or a whole number/],
    [{ fold: '0' }, /--fold names the half that is fitted; add --fit half/],
    [{ fit: 'some' }, /--fit must be all or half/],
    [{ fit: 'half', fold: '2' }, /--fold must be 0 or 1/],
    [{ set: ['encoder.hidden=0'] }, /'encoder.hidden' must be/],
  ])('refuses %j', async (flags, message) => {
    await expect(run(flags)).rejects.toMatchObject({ code: 'config' });
    await expect(run(flags)).rejects.toThrow(message);
  });
});

async function evaluated(flags: Partial<EvaluateFlags>): Promise<EvaluationReport> {
  return JSON.parse((await run({ ...flags, json: true })).out) as EvaluationReport;
}

async function run(flags: Partial<EvaluateFlags>, path = file, train = runTrainingJob) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
    columns: 80,
  });
  let now = 0;
  const terminal = { out: stream('out'), err: stream('err'), env: {}, now: () => (now += 1000) };
  const exitCode = await evaluateAndReport(path, { set: SMALL, ...flags }, terminal, train);
  return { ...written, exitCode };
}
