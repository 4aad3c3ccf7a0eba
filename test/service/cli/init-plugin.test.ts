import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/service/cli/program.js';

const before = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-cli-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe('segtide init --plugin', () => {
  it('writes a plug-in with its test, and tells how a config names it; never over one that is there', async () => {
    const { code, out } = await run(['init', '--plugin', 'my-encoder']);
    expect(code).toBe(0);
    expect(out).toContain('plugins: [{ name: my-encoder, module: ./my-encoder.mjs }]');
    expect(out).toContain('encoder: { kind: plugin, plugin: my-encoder }');
    expect(readFileSync('my-encoder.mjs', 'utf8')).toContain("kind: 'encoder'");
    expect(readFileSync('my-encoder.test.mjs', 'utf8')).toContain("from './my-encoder.mjs'");
    const again = await run(['init', '--plugin', 'my-encoder']);
    expect(again.code).not.toBe(0);
    expect(again.err).toContain('--force');
    expect((await run(['init', '--plugin', 'my-encoder', '--force'])).code).toBe(0);
  });

  it.each([
    ['clusterer', 'cluster: { plugin: mine }'],
    ['drift-statistic', 'drift: { statistics: [{ plugin: mine, layer: embedding, threshold: 0.05 }] }'],
    ['alert-rule', 'alerts: { rules: [mine] }'],
    ['sink', 'output: { plugins: [{ name: mine, outputs: [alerts, transitions] }] }'],
  ])('writes one of kind %s', async (kind, use) => {
    const { code, out } = await run(['init', '--plugin', 'mine', '--kind', kind]);
    expect(code).toBe(0);
    expect(out).toContain(use);
    expect(readFileSync('mine.mjs', 'utf8')).toContain(`kind: '${kind}'`);
    expect(readFileSync('mine.test.mjs', 'utf8')).toContain("'./mine.mjs'");
  });

  it.each([
    [['--plugin', '../up'], 'lower-case letters, digits and -'],
    [
      ['--plugin', 'own', '--kind', 'oracle'],
      'Allowed choices are encoder, clusterer, drift-statistic, alert-rule, sink',
    ],
    [['usage.csv', '--plugin', 'own'], "leave out 'usage.csv'"],
  ])('refuses %j in words', async (args, text) => {
    const { code, err } = await run(['init', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });
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
