import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('the segtide process', () => {
  it.each([
    [['--version'], 0],
    [['rnu'], 2],
    [['run'], 2],
    [['config', 'check', '--set', 'cluster.k=0'], 2],
    [['config', 'schema', '--output', '/nowhere/schema.json'], 4],
  ])('ends %j with exit code %d, and no stack trace', (args, code) => {
    const { status, stderr } = segtide(args);
    expect(status).toBe(code);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it.each([[['config', 'schema', '--output', '/nowhere/a.json']], [['init', '--output', '/nowhere/a.yaml']]])(
    'says of %j what a run says of a folder that is missing',
    (args) => {
      expect(segtide(args).stderr).toMatch(/^segtide: Cannot write \/nowhere\/a\.\w+: the folder does not exist; /);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops in order on %s and exits with %d', async (signal, code) => {
    const child = spawn(process.execPath, [...TSX, 'run', '-', '--output', '-', '--set', 'run.logLevel=debug']);
    let err = '';
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    // Standard input stays open: only the signal ends this run, once it listens.
    const retry = setInterval(() => /reading/.test(err) && !/stopping/.test(err) && child.kill(signal), 100);
    child.stdin.write(`${JSON.stringify({ customer: 'a', time: '2024-01-01T00:00:00Z' })}\n`);
    const status = await new Promise((resolve) => child.on('exit', resolve));
    clearInterval(retry);
    expect(err).toContain('stopping in order');
    expect(status).toBe(code);
  });

  it.each([['--help'], ['config', 'print'], ['config', 'schema']])(
    'says that standard output takes no more, and exits with 4: %s %s',
    (...args) => {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [...TSX, ...args.filter((arg) => arg !== undefined)], {
        encoding: 'utf8',
        stdio: ['ignore', full, 'pipe'],
      });
      closeSync(full);
      expect(stderr).toMatch(/^segtide: Cannot write to standard output: the disk is full where it goes.*\n$/);
      expect(status).toBe(4);
    },
  );

  it('ends quietly when its reader leaves early', () => {
    const command = `${process.execPath} --import tsx src/service/cli/main.ts config schema | head -c 1; echo \${PIPESTATUS[0]}`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(stdout).toBe('{0\n');
    expect(stderr).toBe('');
  });
});

const TSX = ['--import', 'tsx', 'src/service/cli/main.ts'];

function segtide(args: readonly string[]) {
  return spawnSync(process.execPath, [...TSX, ...args], { encoding: 'utf8' });
}
