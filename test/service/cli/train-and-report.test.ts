import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../../src/model-file.js';
import { evaluateAndReport } from '../../../src/service/cli/evaluate-and-report.js';
import { trainAndReport } from '../../../src/service/cli/train-and-report.js';
import type { TrainFlags } from '../../../src/service/cli/train-command.js';
import type { EvaluationReport } from '../../../src/service/model/evaluation-report.js';
import type { TrainingSummary } from '../../../src/service/model/training-summary.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import { HOUR, STEPS, smallStream } from '../../support/small-stream.js';

const SMALL = [
  'encoder.updates=60',
  'encoder.patience=100',
  'encoder.hidden=6',
  'encoder.latent=3',
  'encoder.engine=js',
];
const SMALL_EVENTS = [...SMALL, 'window.outOfOrderness=1h', 'input.time.unit=ms'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-train-'));
  const events = smallStream(40, 6).filter(({ customer }) => customer !== 'late');
  const lines = events.map(({ customer, time, values }) => JSON.stringify({ customer, time, value: values?.[0] }));
  await writeFile(join(folder, 'events.ndjson'), `${lines.join('\n')}\nno event\n`);
  const windows = Array.from({ length: 60 }, (_, i) => `${i},${i % 2 ? '1,2,3' : '9,,7'}`);
  await writeFile(join(folder, 'windows.csv'), `id,s0,s1,s2\n${windows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('segtide train', () => {
  it('makes a model file of usage events, as a run would of its first model', async () => {
    const summary = await trained('events.ndjson', EVENTS);
    expect(summary).toMatchObject({ steps: STEPS, channels: 1, updates: 60, latent: 3, deadLetters: 1 });
    expect(summary.windows).toBe(40 * 6);
    expect(summary.sampled).toBe(summary.windows);
    expect(summary.segments).toHaveLength(3);
    const model = await readModel(summary.model);
    expect(model.modelVersion).toBe(summary.modelVersion);
    expect(model.series).toMatchObject({ windowSteps: STEPS, channels: 1 });
    expect(model.training).toMatchObject({ updates: 60 });
    expect(model.training.windows + model.training.heldOutWindows).toBe(summary.sampled);
  });

  it('makes the same bytes of the same input', async () => {
    const [first, second] = [await trained('events.ndjson', EVENTS), await trained('events.ndjson', EVENTS)];
    expect(second.modelVersion).toBe(first.modelVersion);
    expect((await trained('events.ndjson', { ...EVENTS, seed: '7' })).modelVersion).not.toBe(first.modelVersion);
  });

  it('makes a model of ready-made windows, by which others are scored without fitting', async () => {
    const { model, modelVersion, events } = await trained('windows.csv', {
      windows: true,
      segments: '2',
      set: [...SMALL, 'encoder.updates=300', 'encoder.beta=0.001'],
    });
    expect(events).toBeNull();
    const { out } = await captured((terminal) =>
      evaluateAndReport(join(folder, 'windows.csv'), { model, json: true }, terminal),
    );
    expect(JSON.parse(out) as EvaluationReport).toMatchObject({
      modelVersion,
      n: 60,
      k: 2,
      fit: 'none',
      fitted: 0,
      sound: null,
    });
  });

  it('refuses to score windows of another shape', async () => {
    const { model } = await trained('events.ndjson', EVENTS);
    const scored = captured((terminal) => evaluateAndReport(join(folder, 'windows.csv'), { model }, terminal));
    await expect(scored).rejects.toThrow(/takes windows of 8 × 1 \(steps × channels\); got 3 × 1/);
  });

  it('tells people what it made', async () => {
    const { out } = await run('events.ndjson', EVENTS);
    expect(out).toMatch(/events \(1 could not be read\), 240 windows of 8 steps became\na model in|became a model in/);
    expect(out).toContain('Segments: 3');
    // What to do next is told of the files and the fields that were named.
    const model = join(folder, 'models', 'model.safetensors');
    const [, next] = out.split('Next\n  ');
    expect(next).toMatch(/^segtide run .*events\.ndjson --step .* --set input\.time\.unit=ms .*--model/);
    expect(next?.trimEnd().endsWith(`--model ${model}`)).toBe(true);
    const ofWindows = await run('windows.csv', { windows: true, segments: '2' });
    expect(ofWindows.out).toContain(`Next\n  segtide evaluate ${join(folder, 'windows.csv')} --model ${model}\n`);
  });

  it('prints nothing where it is to be quiet', async () => {
    expect((await run('events.ndjson', { ...EVENTS, quiet: true })).out).toBe('');
  });

  it('finds out before it trains that the model can not be written', async () => {
    const output = join(folder, 'windows.csv', 'model.safetensors');
    const attempt = captured((terminal) =>
      trainAndReport([join(folder, 'windows.csv')], { output, windows: true, set: SMALL }, terminal, () =>
        expect.fail('this was to be told before'),
      ),
    );
    await expect(attempt).rejects.toMatchObject({ code: 'output', message: expect.stringContaining('not a folder') });
  });

  it('writes nothing where the model is not sound', async () => {
    const output = join(folder, 'unsound.safetensors');
    await expect(
      run('events.ndjson', {
        ...EVENTS,
        output,
        set: [...SMALL_EVENTS, 'encoder.views=[]', 'model.gate.minActiveUnits=9'],
      }),
    ).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringMatching(/is not sound and was not written: only \d active latent units/),
    });
    expect(await readdir(folder)).not.toContain('unsound.safetensors');
  });

  it.each([
    ['1,2,3\n', 'config', 'a model needs at least 2 windows to be fitted and scored; got 1'],
    [
      '1,,3\n'.repeat(9),
      'encoder',
      expect.stringMatching(/not written: all windows are alike in every view .*nothing to segment/),
    ],
  ])('says why nothing can be made of %j', async (rows, code, message) => {
    await writeFile(join(folder, 'hopeless.csv'), `s0,s1,s2\n${rows}`);
    await expect(run('hopeless.csv', { windows: true })).rejects.toMatchObject({ code, message });
  });

  it.each([
    ['windows.csv', { windows: true }],
    ['events.ndjson', EVENTS],
    ['*.ndjson', EVENTS],
  ])('leaves its input %s alone', async (name, flags) => {
    const output = join(folder, name.replace('*', 'events'));
    const before = await readFile(output, 'utf8');
    await expect(run(name, { ...flags, output })).rejects.toMatchObject({ code: 'config' });
    expect(await readFile(output, 'utf8')).toBe(before);
  });

  it.each([
    [{ set: ['series.scale=max'] }, '--set series.scale'],
    [{ set: ['encoder.engine=js', 'encoder.hidden=7'] }, '--set encoder.hidden'],
    [{ seed: '3' }, '--seed'],
  ])('sets nothing of a model that is given by %j', async (flags, where) => {
    const scored = captured((terminal) => evaluateAndReport('any.csv', { model: 'any', ...flags }, terminal));
    await expect(scored).rejects.toMatchObject({
      code: 'config',
      message: `${where} has no part here: the model is fitted already; leave it out`,
    });
  });

  it.each([
    [{ step: 'day' }, '--step'],
    [{ steps: '5' }, '--steps'],
    [{ value: ['v'], customer: 'c' }, '--customer'],
    [{ format: 'csv' }, '--format'],
    [{ set: ['window.hop=2'] }, '--set window.hop'],
  ])('takes nothing that cuts windows of events with ready-made ones: %j', async (flags, where) => {
    await expect(run('windows.csv', { windows: true, ...flags })).rejects.toMatchObject({
      code: 'config',
      message: `${where} has no part here: the windows of the file are cut already; leave it out`,
    });
  });

  it.each([{ k: '2' }, { fit: 'half' }, { fold: '0' }])('fits no model that is given by %j', async (flags) => {
    const scored = captured((terminal) => evaluateAndReport('any.csv', { model: 'any', ...flags }, terminal));
    await expect(scored).rejects.toMatchObject({
      code: 'config',
      message: `--${Object.keys(flags)[0]} is for a model that is fitted here; leave it out, or leave out --model`,
    });
  });

  it.each([
    [
      { set: ['input.kind=kafka', 'input.kafka.brokers=a:1', 'input.kafka.topics=t', 'input.kafka.groupId=g'] },
      'config',
      /a topic has no end/,
    ],
    [{ set: SMALL_EVENTS, step: 'week', steps: '4' }, 'input', /gave no whole window of 4 steps/],
  ])('refuses %j', async (flags, code, message) => {
    const attempt = run(flags.set[0]!.includes('kafka') ? undefined : 'events.ndjson', { ...EVENTS, ...flags });
    await expect(attempt).rejects.toMatchObject({ code });
    await expect(attempt).rejects.toThrow(message);
  });
});

const EVENTS: Partial<TrainFlags> = {
  value: ['value'],
  step: `${HOUR}ms`,
  steps: String(STEPS),
  segments: '3',
  set: SMALL_EVENTS,
};

async function trained(file: string, flags: Partial<TrainFlags>): Promise<TrainingSummary> {
  return JSON.parse((await run(file, { ...flags, json: true })).out) as TrainingSummary;
}

function run(file: string | undefined, flags: Partial<TrainFlags>) {
  const output = join(folder, 'models', 'model.safetensors');
  const files = file === undefined ? [] : [join(folder, file)];
  return captured((terminal) => trainAndReport(files, { output, set: SMALL, ...flags }, terminal, runTrainingJob));
}

async function captured(
  act: (terminal: Parameters<typeof trainAndReport>[2]) => Promise<number>,
): Promise<{ out: string }> {
  const written = { out: '' };
  const out = {
    write: (text: string) => {
      written.out += text;
    },
    columns: 80,
  };
  let now = 0;
  await act({ out, err: { write: () => undefined }, env: {}, now: () => (now += 1000) });
  return written;
}
