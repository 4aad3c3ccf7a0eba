import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../src/model-file.js';
import type { DoctorReport } from '../../src/service/doctor/doctor-report.js';
import type { EvaluationReport } from '../../src/service/model/evaluation-report.js';
import type { RunSummary } from '../../src/service/run-summary.js';
import { smallJob } from '../support/small-models.js';
import { recordsOf, runSegtide, scratchFolder, startSegtide } from './segtide.js';
import { QUICK_TRAINING, USAGE_FLAGS, usageLines, writeLines } from './usage-file.js';

const DIST = new URL('../../dist/train/start-training.js', import.meta.url).href;
const folder = scratchFolder();
const at = (name: string): string => join(folder.path, name);
/** A training that takes longer than anyone here waits. */
const ENDLESS = ['--set', 'encoder.updates=1000000', '--set', 'encoder.patience=1000'];

beforeAll(async () => {
  await writeLines(at('usage.ndjson'), usageLines(1500, 60));
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${i % 2},${[1, 2, 3, 4].map((s) => (i % 2 ? s : 9 - s) + (i % 5) / 9)}`,
  );
  writeFileSync(at('windows.csv'), `class,s0,s1,s2,s3\n${rows.join('\n')}\n`);
});
afterAll(() => folder.remove());

describe('a run', () => {
  it('goes on when its training is killed, tells of it, and trains again', async () => {
    const output = at('killed-training');
    // No provisional model, whose training is over before it is found.
    const slow = ['--set', 'encoder.init=fresh', '--set', 'encoder.updates=5000', '--set', 'encoder.patience=1000'];
    const flags = [...USAGE_FLAGS, ...QUICK_TRAINING, ...slow, '--output', output];
    const { child, ended } = startSegtide(['run', at('usage.ndjson'), ...flags]);
    child.stdin!.end();
    process.kill(await trainingOf(child.pid!), 'SIGKILL');
    expect(await ended).toMatchObject({ code: 0, stderr: expect.stringContaining('ended by SIGKILL') });
    const summary = JSON.parse(readFileSync(join(output, 'summary.json'), 'utf8')) as RunSummary;
    expect(summary.models[0]).toMatchObject({
      promoted: false,
      failed: true,
      why: expect.stringContaining('ended by SIGKILL'),
    });
    expect(summary.models.some(({ promoted }) => promoted)).toBe(true);
    expect(summary.modelVersion).not.toBeNull();
  });

  it('takes its training along when it is killed itself', async () => {
    const flags = [
      ...USAGE_FLAGS,
      ...QUICK_TRAINING,
      ...ENDLESS,
      '--set',
      'encoder.init=fresh',
      '--output',
      at('killed'),
    ];
    const { child, ended } = startSegtide(['run', at('usage.ndjson'), ...flags]);
    child.stdin!.end();
    const training = await trainingOf(child.pid!);
    child.kill('SIGKILL');
    await ended;
    for (let waited = 0; isAlive(training); waited += 100) {
      expect(waited).toBeLessThan(60_000);
      await setTimeout(100);
    }
  });

  it('gives the same results with encoder threads', async () => {
    const bytes = async (threads: number): Promise<string> => {
      const output = at(`threads-${threads}`);
      const flags = [...USAGE_FLAGS, ...QUICK_TRAINING, '--set', `run.encodeThreads=${threads}`, '--output', output];
      expect(await runSegtide(['run', at('usage.ndjson'), ...flags])).toMatchObject({ code: 0, stderr: '' });
      return readFileSync(join(output, 'assignments.ndjson'), 'utf8');
    };
    expect(await bytes(2)).toBe(await bytes(0));
  });
});

describe('a program that trains again and again', () => {
  it('keeps neither memory nor handles', async () => {
    const { startTraining } = (await import(DIST)) as typeof import('../../src/train/start-training.js');
    const held = () => ({
      files: readdirSync('/proc/self/fd').length,
      resources: process.getActiveResourcesInfo().length,
    });
    const once = async (number: number): Promise<void> => {
      const training = startTraining(smallJob({ number }));
      await training.result;
      await training.stop();
    };
    for (let i = 1; i <= 10; i++) await once(i);
    const before = held();
    const residentBefore = process.memoryUsage().rss;
    for (let i = 11; i <= 60; i++) await once(i);
    expect(held()).toEqual(before);
    // A result is some 10 kB; what grows here is what was not let go, and the collector's mood.
    expect(process.memoryUsage().rss - residentBefore).toBeLessThan(50e6);
  });
});

describe('segtide train', () => {
  it('writes over a model that was not named only by --force', async () => {
    const args = ['train', 'windows.csv', '--windows', '--quiet', '--set', 'encoder.updates=150'];
    expect(await runSegtide(args, folder.path)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const { code, stderr } = await runSegtide(args, folder.path);
    expect(code).toBe(4);
    expect(stderr).toBe(
      'segtide: model.safetensors exists already. Name a file by --output, or write over it by --force.\n',
    );
    expect(await runSegtide([...args, '--force'], folder.path)).toMatchObject({ code: 0 });
    expect(await runSegtide([...args, '-o', 'model.safetensors'], folder.path)).toMatchObject({ code: 0 });
  });

  it('stops at once on request, and leaves no file', async () => {
    const output = at('stopped/model.safetensors');
    const flags = [...USAGE_FLAGS, ...QUICK_TRAINING, ...ENDLESS, '--output', output];
    const { child, ended } = startSegtide(['train', at('usage.ndjson'), ...flags]);
    child.stdin!.end();
    const training = await trainingOf(child.pid!);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    expect(isAlive(training)).toBe(false);
    expect(existsSync(at('stopped')) ? readdirSync(at('stopped')) : []).toEqual([]);
  });
});

describe('segtide run --model', () => {
  it('assigns from the first window on by a model that segtide train made', async () => {
    const model = at('usage.safetensors');
    const flags = [...USAGE_FLAGS, ...QUICK_TRAINING];
    expect(await runSegtide(['train', at('usage.ndjson'), ...flags, '-o', model])).toMatchObject({ code: 0 });
    const output = at('from-model');
    expect(await runSegtide(['run', at('usage.ndjson'), ...flags, '--model', model, '-o', output])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const { modelVersion } = await readModel(model);
    const assignments = recordsOf(output, 'assignments');
    expect(assignments[0]).toMatchObject({ status: 'assigned', modelVersion });
    expect(assignments.every(({ status }) => status === 'assigned')).toBe(true);
    const summary = JSON.parse(readFileSync(join(output, 'summary.json'), 'utf8')) as RunSummary;
    expect(summary.models[0]!.modelVersion).toMatch(/^v2-/);
    expect(summary.segments.length).toBeGreaterThan(0);

    const other = ['--steps', '14', '--set', 'series.scale=max', '--model', model, '-o', at('other-steps')];
    const refused = await runSegtide(['run', at('usage.ndjson'), ...flags, ...other]);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(
      /usage\.safetensors: Model v1-\w+ was made for other windows or series: series\.scale is zscore in the model and max here; window\.steps is 7 in the model and 14 here/,
    );
    expect(existsSync(at('other-steps'))).toBe(false);
  });
});

describe('segtide evaluate', () => {
  it('prints scores as JSON, of the defaults whatever config lies there', async () => {
    writeFileSync(at('segtide.yaml'), 'encoder: { hidden: 3 }\n');
    const quick = ['--set', 'encoder.updates=150', '--set', 'encoder.engine=js'];
    const args = ['evaluate', 'windows.csv', '--label-column', 'class', '--json', ...quick];
    const { code, stdout, stderr } = await runSegtide(args, folder.path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as EvaluationReport;
    expect(report).toMatchObject({ n: 200, steps: 4, k: 2, fit: 'all', seed: 42 });
    expect(report.ari).toBeGreaterThan(0.9);
    const other = await runSegtide([...args, '--config', 'segtide.yaml'], folder.path);
    expect((JSON.parse(other.stdout) as EvaluationReport).modelVersion).not.toBe(report.modelVersion);
  });

  it('reads standard input, and says what is no file', async () => {
    const quick = ['--json', '--set', 'encoder.updates=150', '--set', 'encoder.engine=js'];
    const { child, ended } = startSegtide(['evaluate', '-', ...quick], folder.path);
    child.stdin!.end(readFileSync(at('windows.csv')));
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout) as EvaluationReport).toMatchObject({ file: '-', n: 200, steps: 4 });
    const refused = await runSegtide(['evaluate', '.'], folder.path);
    expect(refused).toMatchObject({ code: 3, stderr: 'segtide: Cannot read .: it is a folder; name a file in it.\n' });
  });

  it('refuses what is no model, with the exit code of a damaged state', async () => {
    writeFileSync(at('none.safetensors'), 'nothing');
    const { code, stderr } = await runSegtide(['evaluate', at('windows.csv'), '--model', at('none.safetensors')]);
    expect(code).toBe(5);
    expect(stderr).toMatch(/none\.safetensors: The model can't be read: it is no model of segtide/);
  });
});

describe('segtide doctor', () => {
  it('is ready where this runs', async () => {
    const { code, stdout } = await runSegtide(['doctor', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout) as DoctorReport).toMatchObject({ ready: true, selfTest: { agrees: true } });
  });
});

/** Waits for a command's training, and for its first updates. */
async function trainingOf(pid: number): Promise<number> {
  for (;;) {
    await setTimeout(50);
    const line = listChildren(pid).find((text) => /training/.test(text));
    if (line === undefined) continue;
    await setTimeout(500);
    return Number.parseInt(line, 10);
  }
}

function listChildren(pid: number): string[] {
  try {
    return execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' }).split('\n');
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
