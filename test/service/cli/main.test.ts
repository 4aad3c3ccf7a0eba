import { spawnSync } from 'node:child_process';
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

  it('ends quietly when its reader leaves early', () => {
    const command = `${process.execPath} --import tsx src/service/cli/main.ts config schema | head -c 1; echo \${PIPESTATUS[0]}`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(stdout).toBe('{0\n');
    expect(stderr).toBe('');
  });
});

function segtide(args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'src/service/cli/main.ts', ...args], { encoding: 'utf8' });
}
