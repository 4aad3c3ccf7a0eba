import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRun } from '../../../src/service/cli/find-run.js';
import { main } from '../../../src/service/cli/program.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createSampleRun, modelEvent, segment } from '../view/sample-run.js';

const SEEKER = { asks: 'segtide report', names: 'its path' };

const ENTRY = {
  formatVersion: 1,
  modelVersion: 'v1-00000000',
  status: 'champion',
  parent: null,
  createdAt: 0,
  atWindow: 0,
  reasons: [],
  why: [],
  values: {},
  lineage: [],
  bytes: 7,
  reigns: [],
};

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'segtide-find-')));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

function makeRun(path: string): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'assignments.ndjson'), '');
}

function find(settings: Record<string, unknown> = {}, given?: string) {
  const told: string[] = [];
  const flags = Object.entries(settings).map(([key, value]) => ({ key, value, where: 'test' }));
  const found = findRun(loadConfig({ flags }), given, SEEKER, (text) => told.push(text));
  return { found, told };
}

describe('findRun', () => {
  it('takes the newest run of those that named no folder, and says which', () => {
    makeRun('segtide-out/2026-01-31T12-00-00');
    makeRun('segtide-out/2026-01-31T12-00-01');
    mkdirSync('segtide-out/not-a-run');
    const newest = 'segtide-out/2026-01-31T12-00-01';
    expect(find()).toEqual({ found: newest, told: [`this is the newest run here, ${newest}`] });
  });

  it('takes the folder that the config or the user names before', () => {
    for (const path of ['segtide-out/a', 'named', 'set']) makeRun(path);
    expect(find({ 'output.path': 'set' })).toEqual({ found: 'set', told: [] });
    expect(find({ 'output.path': 'set' }, 'named')).toEqual({ found: 'named', told: [] });
  });

  it('finds the folder of a run on Kafka that named none by its group', () => {
    makeRun('segtide-state/meters%2Fa');
    const kafka = { 'input.kind': 'kafka', 'input.kafka.brokers': '["localhost:1"]', 'output.kind': 'directory' };
    const settings = { ...kafka, 'input.kafka.topics': '["usage"]', 'input.kafka.groupId': 'meters/a' };
    expect(find(settings)).toEqual({ found: 'segtide-state/meters%2Fa', told: [] });
  });

  it.each([[[]], [['segtide-out']], [['segtide-out/empty']]])(
    'says that there is no run yet with folders %j',
    (paths) => {
      for (const path of paths) mkdirSync(path, { recursive: true });
      expect(() => find()).toThrow(/^no run here yet: .*'segtide run' writes one/);
    },
  );

  it('leaves topics to those who read topics', () => {
    makeRun('segtide-out/a');
    const kafka = { 'input.kind': 'kafka', 'output.kind': 'kafka', 'input.kafka.brokers': '["localhost:1"]' };
    expect(find(kafka)).toEqual({ found: undefined, told: [] });
    expect(() => find({ 'output.kind': 'stdout' })).toThrow('works with the topics');
  });
});

describe('commands without a folder', () => {
  it('look into the newest run', async () => {
    const sample = await createSampleRun();
    await sample.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
    await sample.append('segments', segment('s1', { name: 'growing' }));
    cpSync(sample.folder, 'segtide-out/run', { recursive: true });
    await sample.remove();
    const told = 'this is the newest run here, segtide-out/run\n';
    expect(await run(['segments', 'list'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/s1 +growing/),
      err: told,
    });
    expect(await run(['models', 'list'])).toMatchObject({
      code: 0,
      out: 'no model yet in segtide-out/run\n',
      err: told,
    });
    expect(await run(['models', 'list', '--json'])).toMatchObject({ code: 0, err: '' });
  });

  it('say what came of trainings where no model is in force, and how another run begins', async () => {
    const sample = await createSampleRun();
    await sample.append(
      'model-events',
      modelEvent('v1-00000000', 'refused', 2),
      modelEvent('v2-00000000', 'refused', 3),
    );
    cpSync(sample.folder, 'segtide-out/run', { recursive: true });
    await sample.remove();
    const { out } = await run(['segments', 'list']);
    expect(out).toBe(
      'no segments yet: no model is in force; 2 trainings gave none that the gate let pass: see segtide models list\n',
    );
    writeFileSync('segtide-out/run/summary.json', '{}');
    const asked = await run(['models', 'retrain']);
    expect(asked.err).toMatch(/has ended; begin another$/m);
    const file = Buffer.from('a model');
    const sha256 = createHash('sha256').update(file).digest('hex');
    mkdirSync('segtide-out/run/models', { recursive: true });
    writeFileSync('segtide-out/run/models/v1-00000000.safetensors', file);
    writeFileSync('segtide-out/run/models/v1-00000000.json', JSON.stringify({ ...ENTRY, sha256 }));
    expect((await run(['models', 'retrain'])).err).toContain('begin another with --model segtide-out/run/models/v1-0');
  });

  it('know a run that has only begun', async () => {
    makeRun('out');
    expect((await run(['models', 'list', '--output', 'out'])).err).toContain('not the output folder of a run');
    mkdirSync('out/checkpoints');
    writeFileSync('out/checkpoints/run.json', '{}');
    expect(await run(['models', 'list', '--output', 'out'])).toMatchObject({ code: 0, out: 'no model yet in out\n' });
    expect(await run(['models', 'retrain', '--output', 'out'])).toMatchObject({ code: 0 });
  });

  it.each([[['report']], [['view']], [['segments', 'list']], [['models', 'list']]])(
    'say that there is none: %j',
    async (args) => {
      const { code, err } = await run(args);
      expect(err).toContain('no run here yet');
      expect(code).toBe(3);
    },
  );
});

async function run(args: readonly string[]) {
  let out = '';
  let err = '';
  const terminal = {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
    env: {},
    now: () => 0,
  };
  const code = await main(args, terminal);
  return { out, err, code };
}
