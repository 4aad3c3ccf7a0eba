import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/service/cli/program.js';
import { createSampleRun, modelEvent, segment } from '../view/sample-run.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Five days of hourly readings. */
function usage(name = 'usage.csv'): string {
  const path = join(folder, name);
  const rows = Array.from({ length: 5 * 24 }, (_, hour) =>
    ['a', 'b', 'c'].map((meter) => `${meter};${new Date(hour * 3_600_000 + 1.7e12).toISOString()};${hour % 24}`),
  );
  writeFileSync(path, `meter;time;kwh\n${rows.flat().join('\n')}\n`);
  return path;
}

describe('segtide inspect', () => {
  it('tells what a file holds, and what to type next', async () => {
    const path = usage();
    const { out, code } = await run(['inspect', path]);
    expect(code).toBe(0);
    expect(out).toContain('all 360 records');
    expect(out).toMatch(/meter +text +100 % +3 +customer/);
    expect(out).toContain('step hour');
    expect(out).toContain('▲ 24 steps');
    expect(out.trimEnd().split('\n').at(-1)).toBe(`Next: segtide init ${path} && segtide run --config segtide.yaml`);
  });

  it('keeps control characters of names from the terminal', async () => {
    const path = join(folder, 'hostile.csv');
    const rows = readFileSync(usage(), 'utf8').split('\n').slice(1);
    writeFileSync(path, `meter;time;k\u001b[2Jwh\n${rows.join('\n')}`);
    const { out, code } = await run(['inspect', path]);
    expect(code).toBe(0);
    expect(out).toContain('k\ufffd[2Jwh');
    expect(out).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  it('prints the same as JSON', async () => {
    const { out } = await run(['inspect', usage(), '--json']);
    expect(JSON.parse(out)).toMatchObject({
      holds: 'events',
      roles: { customer: { field: 'meter' }, time: { field: 'time', unit: 'iso' }, values: ['kwh'] },
      window: { step: 'hour', steps: 24 },
      next: expect.stringContaining('segtide init'),
    });
  });

  it('sends windows that are cut already to evaluate', async () => {
    const path = join(folder, 'windows.csv');
    writeFileSync(path, 'label,s0,s1\n1,2,3\n2,3,4\n');
    expect((await run(['inspect', path])).out).toContain(`Next: segtide evaluate ${path} --label-column label`);
    expect(await run(['init', path, '--output', join(folder, 'a.yaml')])).toMatchObject({
      code: 3,
      err: expect.stringContaining('windows that are cut already'),
    });
  });

  it.each(['none.csv', 'folder.csv.d/x.xlsx'])('says what is wrong with %s', async (name) => {
    expect(await run(['inspect', join(folder, name)])).toMatchObject({ code: 3 });
  });
});

describe('segtide init', () => {
  it('writes a config on which a run begins at once', async () => {
    const config = join(folder, 'segtide.yaml');
    expect((await run(['init', usage(), '--output', config])).out).toContain(`Next: segtide run --config ${config}`);
    expect((await run(['config', 'check', config])).code).toBe(0);
    const output = join(folder, 'out');
    const { code, out } = await run([
      'run',
      '--config',
      config,
      '--output',
      output,
      '--set',
      'encoder.updates=20',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ events: { in: 360, accepted: 360 }, config: { window: { steps: 24 } } });
  });

  it('notes what it leaves out, and writes a config that is valid', async () => {
    const path = join(folder, 'menge.csv');
    const rows = Array.from(
      { length: 48 },
      (_, hour) => `k${hour % 2};${new Date(hour * 3_600_000).toISOString()};2,16`,
    );
    writeFileSync(path, `Kunde;Zeit;Menge\n${rows.join('\n')}\n`);
    const config = join(folder, 'segtide.yaml');
    const { out } = await run(['init', path, '--output', config]);
    expect(out).toContain('note: Menge holds numbers with a decimal comma (2,16)');
    expect(readFileSync(config, 'utf8')).toContain('customer: Kunde # it is called so');
    expect((await run(['config', 'check', config])).code).toBe(0);
  });

  it('writes an example without an input, and over a file with --force alone', async () => {
    const config = join(folder, 'segtide.yaml');
    expect((await run(['init', '--output', config])).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toMatch(/^# An example/);
    expect(await run(['config', 'check', config])).toMatchObject({ out: "the config 'my-usage' is valid\n", code: 0 });
    const again = await run(['init', '--output', config]);
    expect(again).toMatchObject({ code: 4, err: expect.stringContaining('exists already') });
    expect((await run(['init', usage(), '--output', config, '--force'])).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toMatch(/^# Written by segtide init/);
  });

  it('writes a preset, whose study is valid, and refuses one beside an input', async () => {
    const config = join(folder, 'segtide.yaml');
    expect((await run(['init', '--preset', 'customer-usage', '--output', config])).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toMatch(/^# `segtide init --preset customer-usage`/);
    const { out } = await run(['config', 'check', config]);
    expect(out).toBe("the config 'customer-usage' is valid\n");
    expect(
      await run(['init', usage(), '--preset', 'customer-usage', '--output', join(folder, 'b.yaml')]),
    ).toMatchObject({
      err: expect.stringContaining('looks at no input'),
      code: 2,
    });
  });
});

describe('segtide segments', () => {
  it('lists, shows and renames those of a run that has ended', async () => {
    const sample = await createSampleRun();
    try {
      await sample.append('model-events', modelEvent('v1-00000000', 'promoted', 2));
      await sample.append('segments', segment('s1'), segment('s2', { name: 'growing', madeName: 'growing' }));
      writeFileSync(join(sample.folder, 'summary.json'), '{}');
      const place = ['--output', sample.folder];
      expect((await run(['segments', 'list', ...place])).out).toMatch(/s2 +growing/);
      expect((await run(['segments', 'rename', 's2', ' night shift ', ...place])).code).toBe(0);
      expect((await run(['segments', 'show', 's2', ...place])).out).toMatch(/name +night shift\n +made name +growing/);
      const { out } = await run(['segments', 'list', '--json', ...place]);
      expect(JSON.parse(out).segments).toContainEqual(
        expect.objectContaining({ segmentId: 's2', name: 'night shift', madeName: 'growing' }),
      );
      await run(['segments', 'rename', 's2', '', ...place]);
      expect((await run(['segments', 'list', ...place])).out).toMatch(/s2 +growing/);
      expect(await run(['segments', 'show', 's9', ...place])).toMatchObject({
        code: 5,
        err: expect.stringContaining('there is no segment s9; there are s1, s2'),
      });
      expect((await run(['segments', 'rename', 's1', 'x'.repeat(201), ...place])).code).toBe(2);
      expect(await run(['segments', 'rename', 's1', 'night\u009b2J', ...place])).toMatchObject({
        code: 2,
        err: "segtide: a name must not hold control characters; got 'night\ufffd2J'\n",
      });
    } finally {
      await sample.remove();
    }
  });

  it('asks the trainer of a run that goes on', async () => {
    const sample = await createSampleRun();
    try {
      await sample.append('segments', segment('s1'));
      await run(['segments', 'rename', 's1', 'night shift', '--output', sample.folder]);
      expect(existsSync(join(sample.folder, 'models', 'requests'))).toBe(true);
      expect(readFileSync(join(sample.folder, 'segments.ndjson'), 'utf8')).not.toContain('night shift');
    } finally {
      await sample.remove();
    }
  });
});

async function run(args: readonly string[]) {
  let out = '';
  let err = '';
  const code = await main(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    env: {},
    now: () => 0,
  });
  return { out, err, code };
}
