import { execFile } from 'node:child_process';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputsOf, recordsOf, runSegtide, scratchFolder, startSegtide } from './segtide.js';
import { QUICK_TRAINING, USAGE_FLAGS, usageLines, writeLines } from './usage-file.js';

const folder = scratchFolder();
const at = (name: string): string => join(folder.path, name);
const FLAGS = [...USAGE_FLAGS, ...QUICK_TRAINING];
const SELDOM = [...FLAGS, '--set', 'model.retrain.everyWindows=12000'];

beforeAll(async () => {
  await writeLines(at('usage.ndjson'), usageLines(1000, 60));
  // Long enough to be stopped in its midst.
  await writeLines(at('long.ndjson'), usageLines(3000, 60));
});
afterAll(() => folder.remove());

describe('segtide run', () => {
  it('reads standard input, and writes the same bytes as of a file; what came of it is there while it waits for more', async () => {
    const { child, ended } = startSegtide(['run', '-', ...FLAGS, '--output', at('piped')]);
    createReadStream(at('usage.ndjson')).pipe(child.stdin!, { end: false });
    const isThere = (output: string): boolean => {
      const path = join(at('piped'), `${output}.ndjson`);
      return existsSync(path) && statSync(path).size > 0;
    };
    for (const output of ['model-events', 'segments', 'assignments']) {
      while (!isThere(output) && child.exitCode === null) await setTimeout(50);
    }
    expect((await runSegtide(['segments', 'list', '--output', at('piped')])).stdout).toMatch(/^ +id +name/);
    child.stdin!.end();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    await runSegtide(['run', at('usage.ndjson'), ...FLAGS, '--output', at('read')]);
    expect(recordsOf(at('read'), 'assignments').length).toBeGreaterThan(5000);
    expect(outputsOf(at('piped')).assignments).toEqual(outputsOf(at('read')).assignments);
  });

  it('writes assignments alone to standard output', async () => {
    const { code, stdout, stderr } = await runSegtide(['run', at('usage.ndjson'), ...FLAGS, '--output', '-']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(readFileSync(join(at('read'), 'assignments.ndjson'), 'utf8'));
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const main = fileURLToPath(new URL('../../dist/service/cli/main.js', import.meta.url));
    const command = `set -o pipefail; '${process.execPath}' '${main}' run '${at('usage.ndjson')}' ${FLAGS.join(' ')} --output - | head -1`;
    const ended = await new Promise<{ stdout: string; stderr: string; code: unknown }>((resolve) => {
      execFile('bash', ['-c', command], (error, stdout, stderr) => resolve({ stdout, stderr, code: error?.code ?? 0 }));
    });
    expect(ended.stderr).toBe('');
    expect(ended.stdout.split('\n')).toHaveLength(2);
    expect([0, 130]).toContain(ended.code);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops in order on %s, and goes on by --resume to the same bytes', async (signal, code) => {
    const output = at(`stopped-${signal}`);
    const args = ['run', at('long.ndjson'), ...SELDOM, '--set', 'run.checkpointEvery=100ms', '--output', output];
    const { child, ended } = startSegtide(args);
    child.stdin!.end();
    while (!existsSync(join(output, 'checkpoints'))) await setTimeout(10);
    child.kill(signal);
    const stopped = await ended;
    expect(stopped).toMatchObject({ code, signal: null, stderr: expect.not.stringMatching(/^\s+at |error/m) });
    expect(existsSync(join(output, 'summary.json'))).toBe(false);
    expect(existsSync(join(output, 'checkpoints'))).toBe(true);
    expect((await runSegtide([...args, '--resume'])).code).toBe(0);
    if (!existsSync(at('whole'))) await runSegtide(['run', at('long.ndjson'), ...SELDOM, '--output', at('whole')]);
    expect(outputsOf(output)).toEqual(outputsOf(at('whole')));
  });
});
