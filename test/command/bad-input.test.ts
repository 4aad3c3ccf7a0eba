import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../src/service/run-summary.js';
import { type Ended, recordsOf, runSegtide, STARTS_OVER, scratchFolder } from './segtide.js';
import { DAY, QUICK_TRAINING, USAGE_FLAGS, usageLines, writeLines } from './usage-file.js';

const folder = scratchFolder();
const at = (name: string): string => join(folder.path, name);
const START = Date.UTC(2024, 0, 1);
const JSON_FLAGS = [...USAGE_FLAGS.filter((flag) => flag !== '--quiet'), ...QUICK_TRAINING, '--json'];
const line = (customer: string, time: number | string, value: number | string = 1): string =>
  `{"customer":"${customer}","time":${time},"value":${value}}\n`;
/** Good events of three customers over four weeks, among which bad ones must not matter. */
const GOOD = [...usageLines(3, 28)].filter((text) => !text.includes('NaN'));
let outputs = 0;

beforeAll(() => writeLines(at('good.ndjson'), GOOD));
afterAll(() => folder.remove());

describe('records that cannot be read', () => {
  it.each<[string, string | Buffer, string[]]>([
    ['NUL bytes', '\0\0\0\0\n', ['unreadable']],
    ['a NUL within a record', line('a\0b', START), ['unreadable']],
    [
      'invalid UTF-8',
      Buffer.concat([
        Buffer.from('{"customer":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from(`","time":${START},"value":1}\n`),
      ]),
      ['unreadable'],
    ],
    ['a line longer than allowed', `{"customer":"a","note":"${'x'.repeat(17_000_000)}"}\n`, ['too-large']],
    ['deep JSON', `${'['.repeat(100_000)}\n`, ['unreadable']],
    ['1e400', line('a', START, '1e400'), ['not-finite']],
    ['1e39', line('a', START, '1e39'), ['not-finite']],
    ['NaN', line('a', START, 'NaN'), ['not-finite']],
    ['a time as other text', line('a', '"yesterday"'), ['invalid']],
    ['a number as text', line('a', START, '"2.5"'), ['invalid']],
    ['a time beyond all calendars', line('a', '9e15'), ['implausible-time']],
    ['no customer', `{"time":${START},"value":1}\n`, ['incomplete']],
    ['an array', '[1,2,3]\n', ['unreadable', 'incomplete', 'invalid']],
    ['half a record at the end', '{"customer":"a","ti', ['unreadable']],
  ])('become dead letters: %s', async (_, bad, reasons) => {
    writeFileSync(at('bad.ndjson'), Buffer.concat([Buffer.from(GOOD.slice(0, 30).join('')), Buffer.from(bad)]));
    const { summary, output } = await accountFor(['bad.ndjson', 'good.ndjson']);
    const letters = recordsOf(output, 'dead-letters');
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ source: expect.stringMatching(/bad\.ndjson$/), row: 31 });
    expect(reasons).toContain(letters[0]!.reason);
    expect(summary.events.in).toBe(GOOD.length + 31);
  });

  it.each<[string, string]>([
    [
      '__proto__ as a customer and as a field',
      `{"__proto__":{"customer":"x"},"customer":"__proto__","time":${START},"value":1}\n`,
    ],
    ['CRLF', line('a', START).replace('\n', '\r\n')],
    ['empty lines', `\n\n${line('a', START)}\n`],
    ['escapes', `{"customer":"\\u0041\\n\\"","time":${START},"value":1}\n`],
    ['the last line without its end', line('a', START).trimEnd()],
    ['a 10 MB line', `{"customer":"a","time":${START},"value":1,"note":"${'x'.repeat(10_000_000)}"}\n`],
    [
      'deep JSON in a field that is not mapped',
      `{"customer":"a","time":${START},"value":1,"deep":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}\n`,
    ],
    ['a time in seconds, which is of 1970 and late', line('a', START / 1000)],
  ])('are told from odd ones that can: %s', async (_, odd) => {
    writeFileSync(at('odd.ndjson'), odd);
    const { summary } = await accountFor(['odd.ndjson', 'good.ndjson']);
    expect(summary.events.deadLettered).toBe(0);
    expect(summary.events.in).toBe(GOOD.length + 1);
  });

  it('are found behind a byte order mark', async () => {
    writeFileSync(at('bom.ndjson'), `\ufeff${GOOD.join('')}`);
    const { summary } = await accountFor(['bom.ndjson']);
    expect(summary.events.in).toBe(GOOD.length);
  });
});

describe('inputs with little in them', () => {
  it.each<[string, string]>([
    ['an empty file', ''],
    ['a file of empty lines', '\n\n\n'],
    ['one event', line('a', START)],
    ['one customer', [...usageLines(1, 60)].join('')],
    ['only events that are late but for the first', line('a', START + 60 * DAY) + line('a', START).repeat(50)],
  ])('end well: %s', async (_, text) => {
    writeFileSync(at('little.ndjson'), text);
    const { summary } = await accountFor(['little.ndjson']);
    expect(summary.interrupted).toBe(false);
  });

  it('end with a code of their own where no event can be used', async () => {
    writeFileSync(at('useless.ndjson'), `x\n${line('a', '"yesterday"').repeat(3)}`);
    expectFailure(
      await run(['useless.ndjson']),
      8,
      /none of 4 events was accepted.*invalid \(3\).*customer: 'customer'/,
    );
  });

  it('give a customer alone a segment', async () => {
    writeFileSync(at('alone.ndjson'), [...usageLines(1, 60)].join(''));
    const { output } = await accountFor(['alone.ndjson']);
    expect(recordsOf(output, 'assignments').filter(({ status }) => status === 'assigned').length).toBeGreaterThan(3);
  });
});

describe('files that cannot be read', () => {
  it('ends with what is wrong with a truncated gzip file', async () => {
    const whole = gzipSync(Buffer.from(GOOD.join('')));
    writeFileSync(at('cut.ndjson.gz'), whole.subarray(0, whole.length - 100));
    expectFailure(await run(['cut.ndjson.gz']), 3, /cut\.ndjson\.gz/);
  });

  it('ends with what is wrong with a truncated Parquet file', async () => {
    const flights = readFileSync(new URL('../../examples/data/flights.parquet', import.meta.url));
    writeFileSync(at('cut.parquet'), flights.subarray(0, flights.length - 1000));
    expectFailure(await run(['cut.parquet']), 3, /cut\.parquet/);
  });

  it('ends with what is wrong with a missing file, a folder and a glob without files', async () => {
    expectFailure(await run(['missing.ndjson']), 3, /missing\.ndjson/);
    mkdirSync(at('folder'), { recursive: true });
    expectFailure(await run(['folder']), 3, /folder/);
    expectFailure(await run(['*.nothing']), 3, /\*\.nothing/);
  });

  it('ends when all times are in another unit than declared', async () => {
    writeFileSync(at('seconds.ndjson'), [...usageLines(3, 60)].join('').replaceAll(/("time":\d+)\d{3}/g, '$1'));
    expectFailure(await run(['seconds.ndjson']), 2, /`input\.time\.unit: s`/);
  });
});

describe('settings that cannot be', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown key', ['--set', 'window.setps=7'], /did you mean.*steps/i],
    ['a hop that is no whole number of steps', ['--set', 'window.hop=36h'], /whole number of steps/],
    ['an unknown flag', ['--setps', '7'], /unknown option/],
    ['a value out of range', ['--segments', '0'], /cluster\.k/],
  ])('are refused with a hint: %s', async (_, flags, text) => {
    expectFailure(await run(['good.ndjson'], flags), 2, text);
  });

  it('names the file and the line of a broken config', async () => {
    writeFileSync(at('broken.yaml'), 'input:\n  fields: [\n');
    expectFailure(await runSegtide(['run', '--config', at('broken.yaml')]), 2, /broken\.yaml/);
  });
});

describe('outputs that cannot be written', () => {
  it.each([
    ['below a file', () => at('good.ndjson/out')],
    ['in /proc', () => '/proc/segtide-out'],
  ])('ends with what is wrong with a folder %s', async (_, output) => {
    const args = ['run', at('good.ndjson'), ...USAGE_FLAGS, ...QUICK_TRAINING, '--output', output()];
    expectFailure(await runSegtide(args), 4, /segtide: .*(good\.ndjson|\/proc)/);
  });

  describe('on a full disk', () => {
    const disk = at('disk');
    let mounted = false;
    afterEach(() => {
      if (mounted) execFileSync('umount', [disk]);
      mounted = false;
    });

    it('ends with what is wrong, and goes on by --resume once there is room', async ({ skip }) => {
      mkdirSync(disk, { recursive: true });
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk], { stdio: 'ignore' });
        mounted = true;
      } catch {
        skip('no right to mount a small disk');
      }
      await writeLines(at('more.ndjson'), usageLines(500, 60));
      const args = ['run', at('more.ndjson'), ...USAGE_FLAGS, ...QUICK_TRAINING, '--set', 'run.checkpointEvery=100ms'];
      expectFailure(await runSegtide([...args, '--output', join(disk, 'out')]), 4, /disk is full/);
      execFileSync('mount', ['-o', 'remount,size=64m', disk]);
      const { code, stderr } = await runSegtide([...args, '--output', join(disk, 'out'), '--resume']);
      // The disk may be full before the first checkpoint.
      expect([code, stderr.replace(STARTS_OVER, '')]).toEqual([0, '']);
      await runSegtide([...args, '--output', at('roomy')]);
      for (const name of ['assignments', 'transitions', 'segments', 'drift']) {
        expect(recordsOf(join(disk, 'out'), name), name).toEqual(recordsOf(at('roomy'), name));
      }
    });
  });
});

async function run(
  files: readonly string[],
  flags: readonly string[] = [],
): Promise<Ended & { readonly output: string }> {
  const output = at(`out-${++outputs}`);
  const ended = await runSegtide([
    'run',
    ...files.map(at),
    ...JSON_FLAGS.filter((flag) => flag !== '--json'),
    '--quiet',
    ...flags,
    '--output',
    output,
  ]);
  return { ...ended, output };
}

/** Runs to a good end, and checks that every event has one fate. */
async function accountFor(
  files: readonly string[],
): Promise<{ readonly summary: RunSummary; readonly output: string }> {
  const output = at(`out-${++outputs}`);
  const ended = await runSegtide(['run', ...files.map(at), ...JSON_FLAGS, '--output', output]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const summary: RunSummary = JSON.parse(ended.stdout);
  const { in: total, ...fates } = summary.events;
  expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(total);
  return { summary, output };
}

/** A documented code, and lines for people: what went wrong, no stack. */
function expectFailure({ code, signal, stdout, stderr }: Ended, expected: number, text: RegExp): void {
  expect({ code, signal, stdout }, stderr).toEqual({ code: expected, signal: null, stdout: '' });
  expect(stderr).toMatch(/^segtide: /);
  expect(stderr).toMatch(text);
  expect(stderr).not.toMatch(/^\s+at |unexpected|undefined|\[object/m);
  expect(stderr.length).toBeLessThan(1000);
}
