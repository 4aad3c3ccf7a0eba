import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/service/cli/program.js';

/** A command on topics that no broker is asked for. */
const ON_KAFKA = (command: string): string[] =>
  [command, 'input.kind=kafka', 'output.kind=kafka', 'input.kafka.brokers=["localhost:1"]'].flatMap((word, i) =>
    i === 0 ? [word] : ['--set', word],
  );

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('segtide', () => {
  it.each([
    [[], 'Usage: segtide'],
    [['--help'], 'segtide demo flights'],
    [['run', '--help'], 'zcat usage.ndjson.gz | segtide run - --output -'],
    [['demo', '--help'], 'segtide demo simulated --seed 7'],
    [['demo', 'flights', '--help'], 'number of segments'],
    [['simulate', '--help'], 'segtide simulate /tmp/usage'],
    [['config', '--help'], 'segtide config check segtide.yaml'],
    [['config', 'check', '--help'], 'segtide.yaml in this folder'],
    [['models', 'export', '--help'], 'segtide models export usage.safetensors'],
    [['replay', '--help'], 'segtide replay --from 7d --model v12'],
    [['forget', '--help'], 'segtide forget - < erasure-requests.txt'],
    [['inspect', '--help'], 'segtide inspect usage.csv.gz'],
    [['init', '--help'], 'segtide init usage-events --brokers localhost:9092'],
    [['report', '--help'], 'segtide report out --plots plots'],
    [['segments', 'rename', '--help'], 'takes it back'],
    [['help', 'run'], 'Examples:'],
  ])('helps with %j', async (args, words) => {
    const { out, err, code } = await run(args);
    expect(out + err).toContain(words);
    expect(code).toBe(args.length === 0 ? 2 : 0);
  });

  it('lists its exit codes', async () => {
    const { out } = await run(['--help']);
    for (const code of [
      '0 done',
      '2 wrong command',
      '3 input',
      '4 output',
      '5 checkpoint',
      '6 broker',
      '8 events came',
      '130 interrupted',
    ]) {
      expect(out).toContain(code);
    }
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run(['--version'])).toMatchObject({ out: `${version}\n`, code: 0 });
  });

  it.each([
    [['rn'], "segtide: unknown command 'rn'\n(Did you mean run?)"],
    [['run', '--outptu', 'x'], "segtide: unknown option '--outptu'\n(Did you mean --output?)"],
    [['demo', 'fligths'], "unknown command 'fligths'"],
    [['run', '--set'], "option '-s, --set <key=value>' argument missing"],
    [['run'], 'there is nothing to read'],
    [['replay'], "required option '--from <time>' not specified"],
    [['forget', 'c1'], "'segtide forget' works with the topics of workers and trainer"],
    [
      [...ON_KAFKA('replay'), '--from', 'soon'],
      "--from must be a time such as 2026-01-31T08:00:00Z, a date (UTC), or a duration such as 90m or 7d; got 'soon'",
    ],
    [[...ON_KAFKA('replay'), '--from', '1d', '--to', '7d'], '--from must be before --to'],
    [
      [...ON_KAFKA('replay'), '--from', '7d', '--topic-prefix', 'segtide.'],
      '--topic-prefix must not be that of the workers',
    ],
    [['run', 'x.csv', '--output', '-', '--json'], 'cannot share it'],
    [['run', 'x.csv', '--steps', 'many'], "--steps: 'window.steps' must be a number; got 'many'"],
    [['run', 'x.csv', '--set', 'window.stepz=1'], "unknown key 'window.stepz'; did you mean 'step'?"],
    [['run', 'x.csv', '--resume'], '`output.path` names the folder'],
    [['run', '--config', 'nowhere.yaml', 'x.csv'], "can't read the config 'nowhere.yaml': there is no such file"],
  ])('refuses %j with exit code 2 and no stack', async (args, words) => {
    const { err, code } = await run(args);
    expect(err).toContain(words);
    expect(err).not.toMatch(/^ +at /m);
    expect(code).toBe(2);
  });

  it('replays into no folder that has files', async () => {
    writeFileSync(join(folder, 'assignments.ndjson'), '{}\n');
    const { err, code } = await run([...ON_KAFKA('replay'), '--from', '7d', '--output', folder]);
    expect(err).toContain(`${folder} is not empty (it holds assignments.ndjson). Name another one, or write over`);
    expect(code).toBe(4);
    expect(readFileSync(join(folder, 'assignments.ndjson'), 'utf8')).toBe('{}\n');
  });

  it('tells an error as JSON where JSON is asked for', async () => {
    const { err, code } = await run(['config', 'check', '--json', '--set', 'cluster.k=0']);
    expect(JSON.parse(err)).toEqual({
      error: { code: 'config', message: expect.stringContaining('cluster.k'), retriable: false },
    });
    expect(code).toBe(2);
  });

  it.each([
    [['evaluate', 'windows.csv', '--bogus', '--json'], "unknown option '--bogus'"],
    [['evaluate', '--json'], "missing required argument 'file'"],
    [['evaluate', 'a.csv', 'b.csv', '--json'], "too many arguments for 'evaluate'. Expected 1 argument but got 2."],
  ])('tells a wrong command line as JSON, too: %j', async (args, message) => {
    const { err, code } = await run(args);
    expect(JSON.parse(err)).toEqual({ error: { code: 'config', message, retriable: false } });
    expect(code).toBe(2);
  });

  it('shows the stack with --debug', async () => {
    const { err } = await run(['--debug', 'config', 'check', '--set', 'cluster.k=0']);
    expect(err).toMatch(/^ +at /m);
  });
});

describe('segtide config', () => {
  it('checks what only a stage knows', async () => {
    const { err, code } = await run(['config', 'check', '--set', 'window.step=day', '--set', 'window.hop=36h']);
    expect(err).toContain('whole number of steps');
    expect(code).toBe(2);
  });

  it('prints the config in effect, from file, environment and flags', async () => {
    const file = join(folder, 'c.yaml');
    writeFileSync(file, 'cluster: { k: 2 }\nwindow: { steps: 3 }\n');
    const { out } = await run(['config', 'print', file, '--json', '--set', 'cluster.k=4'], {
      SEGTIDE_WINDOW__STEPS: '5',
    });
    expect(JSON.parse(out)).toMatchObject({ cluster: { k: 4 }, window: { steps: 5 } });
  });

  it('finds the config by SEGTIDE_CONFIG', async () => {
    const file = join(folder, 'c.yaml');
    writeFileSync(file, 'name: from-env\n');
    expect((await run(['config', 'check'], { SEGTIDE_CONFIG: file })).out).toContain("'from-env'");
    for (const named of [[file], ['--config', file], [file, '--config', file]]) {
      expect((await run(['config', 'check', ...named])).out).toContain("'from-env'");
      expect((await run(['config', 'print', ...named])).out).toContain('name: from-env');
    }
    const two = await run(['config', 'print', file, '--config', 'other.yaml']);
    expect(two).toMatchObject({ code: 2, err: expect.stringContaining('two config files are named') });
  });

  it('prints the JSON Schema and the reference', async () => {
    expect(JSON.parse((await run(['config', 'schema'])).out)).toMatchObject({ type: 'object' });
    expect((await run(['config', 'schema', '--markdown'])).out).toMatch(/^# Configuration/);
    const file = join(folder, 'schema.json');
    expect((await run(['config', 'schema', '--output', file])).out).toBe('');
    expect(existsSync(file)).toBe(true);
  });
});

async function run(args: readonly string[], env: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const code = await main(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    env,
    now: () => 0,
  });
  return { out, err, code };
}
