import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toAssignment } from '../../../src/service/config/assignment.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { createLog } from '../../../src/service/log.js';
import { runFromConfig } from '../../../src/service/run/run.js';
import type { Progress, RunSummary } from '../../../src/service/run-summary.js';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);

/** Models of few windows, made in no time. */
const QUICK = [
  ...['model.firstFit=48', 'encoder.init=fresh', 'encoder.updates=20', 'encoder.hidden=4', 'encoder.views=[level]'],
];

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-run-'));
  writeFileSync(at('usage.ndjson'), usage(0, 4));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a run that goes on with another', () => {
  it.each([
    ['was stopped', true],
    ['has finished', false],
  ])('is refused where that one %s and was of other settings or another input', async (_, stopped) => {
    writeFileSync(at('other.ndjson'), usage(0, 4));
    expect((await run({ stopped })).interrupted).toBe(stopped);
    const before = contents(at('out'));
    const refused = { code: 'state', message: expect.stringContaining('other settings') };
    await expect(run({}, 'run.resume=true', 'run.seed=7')).rejects.toMatchObject(refused);
    await expect(run({}, 'run.resume=true', `input.paths=${at('other.ndjson')}`)).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/other settings: input .*other\.ndjson/),
    });
    expect(contents(at('out'))).toEqual(before);
    expect((await run({}, 'run.resume=true')).events).toMatchObject({ in: 8, accepted: 8 });
  });

  it('says what a finished run said, and leaves its folder as it is', async () => {
    const first = await run({});
    const before = contents(at('out'));
    expect(await run({}, 'run.resume=true')).toEqual(first);
    expect(contents(at('out'))).toEqual(before);
  });

  it.each([
    ['files of others', 'assignments.ndjson', 'theirs\n'],
    ['checkpoints of others', 'checkpoints/epoch-1.bin', 'theirs'],
    ['a summary of others', 'summary.json', '{"theirs":true}'],
    ['any other file', 'notes.txt', ''],
  ])('is refused in a folder of %s, with and without `run.resume`, and touches nothing', async (_, name, text) => {
    mkdirSync(at('out/checkpoints'), { recursive: true });
    if (!name.startsWith('checkpoints')) rmSync(at('out/checkpoints'), { recursive: true });
    writeFileSync(join(at('out'), name), text);
    for (const resume of ['true', 'false']) {
      await expect(run({}, `run.resume=${resume}`)).rejects.toMatchObject({ code: 'output' });
    }
    expect(contents(at('out'))).toEqual({ [name]: text });
  });

  it('says that it starts over where the checkpoints are gone', async () => {
    await run({ stopped: true });
    for (const name of readdirSync(at('out/checkpoints'))) {
      if (name !== 'run.json') rmSync(join(at('out/checkpoints'), name), { recursive: true });
    }
    mkdirSync(at('out/models'), { recursive: true });
    let told = '';
    const onWarning = (text: string): void => {
      told += text;
    };
    expect((await run({ onWarning }, 'run.resume=true')).events.in).toBe(8);
    expect(told).toMatch(/no checkpoint in .*out: the run starts over, from the beginning of its input/);
  });

  it('says what to do where the mark of the run is damaged', async () => {
    await run({ stopped: true });
    writeFileSync(at('out/checkpoints/run.json'), 'x');
    await expect(run({}, 'run.resume=true')).rejects.toThrow(
      /run\.json can't be read: .* Start afresh in a new output/,
    );
  });

  it('is asked for where the folder holds a stopped run', async () => {
    await run({ stopped: true });
    await expect(run({})).rejects.toMatchObject({ code: 'output', message: expect.stringContaining('--resume') });
  });
});

describe('a run that is stopped in the midst of an input batch', () => {
  it('deals with the rest of it, training included, and goes on from a checkpoint of its own to the same bytes', async () => {
    writeFileSync(at('usage.ndjson'), threeKinds(80));
    const whole = await run({}, ...QUICK, `output.path=${at('whole')}`);
    const stopped = await run({ stopAtWindows: 1 }, ...QUICK);
    expect(stopped).toMatchObject({ interrupted: true, events: whole.events });
    // Trained after the stop was asked for.
    expect(stopped.modelVersion).toMatch(/^v1-/);
    expect(stopped.windows).toBeLessThan(whole.windows);
    expect(Object.keys(contents(at('out/checkpoints'))).length).toBeGreaterThan(1);
    expect(await run({}, ...QUICK, 'run.resume=true')).toMatchObject({ interrupted: false, windows: whole.windows });
    const results = (folder: string) =>
      Object.entries(contents(at(folder))).filter(([name]) => /^[\w-]+\.ndjson$/.test(name));
    expect(results('out')).toEqual(results('whole'));
  });
});

describe('what is asked of a run by hand', () => {
  it('counts from the next page on, in the midst of an input batch, and is asked for no more', async () => {
    writeFileSync(at('usage.ndjson'), threeKinds(270));
    const after: string[] = [];
    let asked = false;
    const onProgress = ({ modelVersion }: Progress): void => {
      if (asked) after.push(modelVersion!);
      if (asked || !modelVersion?.startsWith('v2')) return;
      asked = true;
      const [to] = readdirSync(at('out/models')).filter((name) => /^v1.*json$/.test(name));
      ask({ kind: 'rollback', from: modelVersion, to: to!.replace('.json', '') });
    };
    // Segments that rest on latents: then a model that was trained longer has gained something.
    await run({ onProgress }, ...QUICK, 'encoder.views=[]');
    expect(after[0]).toMatch(/^v1-/);
    const events = contents(at('out'))['model-events.ndjson'];
    expect(events).toMatch(/"event":"reinstated".*"by hand: rollback from v2-\w+ to v1-/);
    expect(readdirSync(at('out/models/requests'))).toEqual([]);
  });

  it('after the last window is declined', async () => {
    const onProgress = ({ phase }: Progress): void => {
      if (phase === 'last results') ask({ kind: 'retrain', fresh: false });
    };
    await run({ onProgress });
    const events = contents(at('out'))['model-events.ndjson'];
    expect(events).toMatch(/"event":"declined".*"by hand: retrain".*"the input had ended"/);
    expect(readdirSync(at('out/models/requests'))).toEqual([]);
  });

  function ask(request: object): void {
    mkdirSync(at('out/models/requests'), { recursive: true });
    writeFileSync(at('out/models/requests/r1.json'), JSON.stringify({ id: 'r1', reason: '', ...request }));
  }
});

describe('a run that can not begin', () => {
  it('makes no folder where the input is missing', async () => {
    await expect(run({}, `input.paths=${at('missing.ndjson')}`)).rejects.toMatchObject({ code: 'input' });
    expect(existsSync(at('out'))).toBe(false);
  });

  it('leaves a folder that the corrected run can use, after a wrong time unit', async () => {
    writeFileSync(at('usage.ndjson'), `x\n${usage(0, 4)}`);
    await expect(run({}, 'input.time.unit=s')).rejects.toMatchObject({ code: 'config' });
    expect((await run({})).events).toMatchObject({ in: 9, accepted: 8, deadLettered: 1 });
  });

  it('leaves a folder that the corrected run can use, after an empty run was killed', async () => {
    mkdirSync(at('out/checkpoints'), { recursive: true });
    for (const name of ['assignments', 'late']) writeFileSync(at(`out/${name}.ndjson`), '');
    expect((await run({})).events.in).toBe(8);
  });
});

describe('a run whose summary can not be written', () => {
  it.each([
    ['summary.json.part', 'is in its way'],
    ['summary.json', 'takes its place'],
  ])('fails with `output` and leaves no part of it: the folder %s %s', async (name) => {
    const block = () => mkdirSync(at(`out/${name}`), { recursive: true });
    await expect(run({ onProgress: block })).rejects.toMatchObject({
      code: 'output',
      message: expect.stringMatching(/^Cannot write .*summary\.json: /),
    });
    const files = Object.keys(contents(at('out'))).filter((file) => file.includes('summary'));
    expect(files).toEqual([]);
  });
});

describe('a run that starts with a model', () => {
  it.each([
    ['is none', 'state', /none\.safetensors: The model can't be read/],
    ['is not there', 'input', /Cannot read .*none\.safetensors/],
  ])('makes no folder where that %s', async (what, code, message) => {
    if (what === 'is none') writeFileSync(at('none.safetensors'), 'none');
    const attempt = run({}, `model.initial=${at('none.safetensors')}`);
    await expect(attempt).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(existsSync(at('out'))).toBe(false);
  });
});

describe('the summary of a run', () => {
  it('names itself only where it was written', async () => {
    const named = ({ outputs }: RunSummary) => outputs.filter(({ output }) => output === 'summary').length;
    expect(named(await run({ stopped: true }))).toBe(0);
    expect(existsSync(at('out/summary.json'))).toBe(false);
    expect(named(await run({}, 'run.resume=true'))).toBe(1);
    expect(named(JSON.parse(readFileSync(at('out/summary.json'), 'utf8')) as RunSummary)).toBe(1);
  });

  it('tells the span of accepted events, without late and quarantined ones', async () => {
    const late = line('a', START - 300 * DAY);
    const ahead = line('a', START + 20_000 * DAY);
    writeFileSync(at('usage.ndjson'), `${usage(0, 20)}${late}${ahead}${usage(20, 21)}`);
    const seen: number[] = [];
    const summary = await run({ onProgress: ({ watermark }) => seen.push(watermark) });
    expect(summary.events).toMatchObject({ in: 44, accepted: 42, late: 1, quarantined: 1 });
    expect(summary.eventTimes).toEqual([START, START + 20 * DAY]);
    expect(Math.max(...seen)).toBeLessThanOrEqual(START + 20 * DAY);
  });
});

interface RunOptions {
  /** Stops before the first record. */
  readonly stopped?: boolean;
  /** Stops at the first page by whose end so many windows are out. */
  readonly stopAtWindows?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Takes lines of the log from warnings on. */
  readonly onWarning?: (text: string) => void;
}

async function run(
  { stopped = false, stopAtWindows, onProgress, onWarning }: RunOptions,
  ...settings: string[]
): Promise<RunSummary> {
  const flags = [
    `input.paths=${at('usage.ndjson')}`,
    `output.path=${at('out')}`,
    'input.time.unit=ms',
    'input.channels=[{name: value, field: value}]',
    'window.step=day',
    'window.steps=7',
    ...settings,
  ];
  const controller = new AbortController();
  if (stopped) controller.abort();
  let now = START;
  return runFromConfig(loadConfig({ flags: flags.map(toAssignment) }), {
    signal: controller.signal,
    progress: (progress) => {
      if (stopAtWindows !== undefined && progress.windows >= stopAtWindows) controller.abort();
      onProgress?.(progress);
    },
    log: createLog({ level: onWarning ? 'warn' : 'silent', format: 'text', write: onWarning ?? (() => undefined) }),
    // As slow as a machine may be: no wait may go by the time that work takes.
    clock: { now: () => (now += 2000) },
  });
}

function line(customer: string, time: number, value = 1): string {
  return `{"customer":"${customer}","time":${time},"value":${value}}\n`;
}

/** Two customers, an event a day each. */
function usage(firstDay: number, endDay: number): string {
  let text = '';
  for (let day = firstDay; day < endDay; day++) for (const id of ['a', 'b']) text += line(id, START + day * DAY);
  return text;
}

/** Twelve customers of three levels, an event a day each. */
function threeKinds(days: number): string {
  let text = '';
  for (let day = 0; day < days; day++) {
    for (const [i, id] of [...'abcdefghijkl'].entries()) text += line(id, START + day * DAY, (i % 3) * 9 + (day % 7));
  }
  return text;
}

function contents(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file.slice(path.length + 1), readFileSync(file, 'latin1')];
    }),
  );
}
