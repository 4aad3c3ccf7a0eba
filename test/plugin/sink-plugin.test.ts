import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_RECORDS } from '../../src/contract/sample-records.js';
import { type Received, sinkPluginContract } from '../../src/contract/sink-plugin-contract.js';
import type { SinkPlugin } from '../../src/plugin/sink-plugin.js';
import { jsonSchemaOf } from '../../src/publish/json-schema-of.js';
import { OUTPUTS } from '../../src/publish/output.js';
import { toAssignment } from '../../src/service/config/assignment.js';
import { loadConfig } from '../../src/service/config/load-config.js';
import { createLog } from '../../src/service/log.js';
import { flushedBefore, openPluginSinks } from '../../src/service/plugin-sinks.js';
import { createRecordBuffer } from '../../src/service/record-buffer.js';
import { runFromConfig } from '../../src/service/run/run.js';
import { describeContract } from '../contract/describe-contract.js';
import { createMemoryState } from '../support/memory-store.js';

const scratch = mkdtempSync(join(tmpdir(), 'segtide-sink-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function receivedAt(path: string): Received[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').filter(Boolean);
  return lines.map((line) => {
    const [output, record] = line.split('\t') as [string, string];
    return [output, JSON.parse(record)];
  });
}

const TEMPLATE = new URL('../../config/plugins/sink.mjs', import.meta.url);
const told = join(scratch, 'contract.txt');
process.env.SINK_FILE = told;
const { default: template } = (await import(TEMPLATE.href)) as { readonly default: SinkPlugin };
describeContract('the template of a sink', sinkPluginContract(template, { received: () => receivedAt(told) }));

describe('the contract of sinks', () => {
  it.each(Object.entries(SAMPLE_RECORDS))('shows records of %s as they are written', (name, records) => {
    const { schema } = OUTPUTS.find((output) => output.name === name)!;
    const validate = new Ajv({ strict: false }).compile(jsonSchemaOf(schema));
    for (const record of records) {
      expect(validate(record), JSON.stringify(validate.errors)).toBe(true);
      expect(Object.keys(record)).toEqual(schema.fields.map((field) => field.name));
    }
  });

  it.each([
    ['loses records', 'write: () => undefined, flush: () => undefined', /order once a flush resolves/],
    [
      'has them after the flush alone',
      'write: (o, r) => { later.push(...r.map((e) => [o, e])); }, flush: () => undefined, close: () => { all.push(...later.splice(0)); }',
      /order once a flush resolves/,
    ],
    [
      'changes what it is given',
      'write: (o, r) => { for (const e of r) { e.sent = true; all.push([o, e]); } }, flush: () => undefined',
      /leaves what it was given/,
    ],
    [
      'refuses what comes again',
      'write: (o, r) => { for (const e of r) { if (seen.has(e.alertId)) throw Error("twice"); if (e.alertId) seen.add(e.alertId); all.push([o, e]); } }, flush: () => undefined',
      /had before/,
    ],
  ])('finds one that %s', async (_, body, name) => {
    const all: Received[] = [];
    const make = new Function('all', 'later', 'seen', `return { kind: 'sink', open: () => ({ ${body} }) };`);
    const plugin = make(all, [], new Set()) as SinkPlugin;
    const failed: string[] = [];
    for (const check of sinkPluginContract(plugin, { received: () => all })) {
      await check.run().catch(() => failed.push(check.name));
    }
    expect(failed).toContainEqual(expect.stringMatching(name));
  });
});

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(scratch, 'run-'));
  const lines: string[] = ['no event\n'];
  for (let day = 0; day < 40; day++) {
    for (let i = 0; i < 30; i++) {
      const value = (i % 3 === day % 3 ? 9 : 1) + (i * day) / 500;
      lines.push(`{"customer":"ü${i}","time":${START + day * DAY},"value":${value}}\n`);
    }
  }
  writeFileSync(at('usage.ndjson'), lines.join(''));
  process.env.SINK_FILE = at('told.txt');
});
afterEach(() => {
  process.env.SINK_FILE = told;
});

/** A sink that appends to the file, but for what `body` does before each of its calls. */
function sinkOf(body = ''): string {
  const path = at('sink.mjs');
  writeFileSync(
    path,
    `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
    const calls = { open: 0, write: 0, flush: 0, close: 0 };
    const called = async (method) => { const nth = ++calls[method]; ${body} };
    export default {
      kind: 'sink',
      open: async () => {
        await called('open');
        return {
          async write(output, records) {
            await called('write');
            appendFileSync(${JSON.stringify(at('told.txt'))}, records.map((each) => output + '\\t' + JSON.stringify(each) + '\\n').join(''));
            return () => 'nobody asks for it';
          },
          flush: () => called('flush'),
          close: () => called('close'),
        };
      },
    };`,
  );
  return path;
}

interface RunOptions {
  readonly module?: string;
  readonly timeLimit?: string;
  readonly outputs?: readonly string[];
  readonly stopAtWindows?: number;
}

const QUICK = ['model.firstFit=60', 'encoder.init=fresh', 'encoder.kind=raw', 'encoder.engine=js'];

function configOf({ module = TEMPLATE.pathname, timeLimit = '60s', outputs }: RunOptions, ...settings: string[]) {
  const plugins = { name: 'own', ...(outputs && { outputs }) };
  const flags = [
    `input.paths=${at('usage.ndjson')}`,
    `output.path=${at('out')}`,
    'input.time.unit=ms',
    'input.channels=[{name: value, field: value}]',
    'window.step=day',
    'window.steps=7',
    `plugins=${JSON.stringify([{ name: 'own', module, timeLimit }])}`,
    `output.plugins=${JSON.stringify([plugins])}`,
    ...QUICK,
    ...settings,
  ];
  return loadConfig({ flags: flags.map(toAssignment) });
}

async function run(options: RunOptions, ...settings: string[]) {
  const controller = new AbortController();
  let now = START;
  return runFromConfig(configOf(options, ...settings), {
    signal: controller.signal,
    progress: ({ windows }) => {
      if (options.stopAtWindows !== undefined && windows >= options.stopAtWindows) controller.abort();
    },
    log: createLog({ level: 'silent', format: 'json', write: () => undefined }),
    clock: { now: () => (now += 2000) },
  });
}

/** What the files of a run hold, by output. */
function written(): Record<string, unknown[]> {
  const files = readdirSync(at('out')).filter((name) => /^[\w-]+\.ndjson$/.test(name));
  return Object.fromEntries(
    files.map((name) => {
      const lines = readFileSync(join(at('out'), name), 'utf8')
        .split('\n')
        .filter(Boolean);
      return [name.replace('.ndjson', ''), lines.map((line) => JSON.parse(line) as unknown)];
    }),
  );
}

function arrived(): Record<string, unknown[]> {
  const received = receivedAt(at('told.txt'));
  const names = [...new Set(received.map(([output]) => output))];
  return Object.fromEntries(
    names.map((name) => [name, received.filter(([output]) => output === name).map(([, record]) => record)]),
  );
}

const withRecords = (outputs: Record<string, unknown[]>) =>
  Object.fromEntries(Object.entries(outputs).filter(([, records]) => records.length > 0));

/** Each once, in the order of their first time. */
const distinct = (outputs: Record<string, unknown[]>) =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, records]) => [
      name,
      [...new Set(records.map((record) => JSON.stringify(record)))].map((text) => JSON.parse(text) as unknown),
    ]),
  );

describe('a run with a sink of one’s own', () => {
  it('hands over the records of its files, once and in order', async () => {
    await run({});
    const records = withRecords(written());
    expect(Object.keys(records)).toEqual(
      expect.arrayContaining(['assignments', 'segments', 'model-events', 'dead-letters']),
    );
    expect(arrived()).toEqual(records);
  });

  it('hands over those outputs alone that were asked for', async () => {
    await run({ outputs: ['segments', 'dead-letters'] });
    const { segments, 'dead-letters': letters } = written();
    expect(arrived()).toEqual({ segments, 'dead-letters': letters });
  });

  it.each([
    [
      'throws',
      "if (method === 'write' && nth === 4) throw new Error('no room');",
      /^the plug-in own threw in write\(\): no room \(at /,
    ],
    [
      'can not flush',
      "if (method === 'flush') throw new Error('no room');",
      /^the plug-in own threw in flush\(\): no room/,
    ],
    [
      'hangs',
      "if (method === 'write' && nth === 4) await new Promise(() => {});",
      /^the plug-in own did not come back from (open|write)\(\) within 2 s/,
    ],
    ['exits', "if (method === 'write' && nth === 4) process.exit(0);", /^the plug-in own ended its thread/],
  ])('fails in words where it %s', async (_, body, text) => {
    const timeLimit = body.includes('Promise') ? '2s' : '60s';
    await expect(run({ module: sinkOf(body), timeLimit })).rejects.toMatchObject({
      code: 'output',
      message: expect.stringMatching(text),
    });
  });

  it('hands over at least once what it writes, where the sink failed and is mended', async () => {
    const failing = sinkOf("if (method === 'write' && nth === 3) throw new Error('no room');");
    await expect(run({ module: failing }, 'run.checkpointEvery=1s')).rejects.toThrow('no room');
    await run({ module: sinkOf() }, 'run.resume=true');
    expect(distinct(arrived())).toEqual(withRecords(written()));
  });

  it('hands over at least once what a run that was stopped writes when it goes on', async () => {
    expect((await run({ stopAtWindows: 1 })).interrupted).toBe(true);
    await run({}, 'run.resume=true');
    expect(distinct(arrived())).toEqual(withRecords(written()));
  });

  it.each([
    ['open', 'no door'],
    ['close', 'no lock'],
  ])('fails where it throws in %s()', async (method, why) => {
    const module = sinkOf(`if (method === '${method}') throw new Error('${why}');`);
    await expect(run({ module })).rejects.toMatchObject({ code: 'output', message: expect.stringContaining(why) });
    // Nothing is begun that could not be gone on with.
    expect(existsSync(at('out'))).toBe(method === 'close');
  });

  it('is closed where the folder beside it can’t be made', async () => {
    const [out, closed] = [at('out'), at('closed')].map((path) => JSON.stringify(path));
    const body = `if (method === 'open') appendFileSync(${out}, 'in the way'); if (method === 'close') appendFileSync(${closed}, '');`;
    await expect(run({ module: sinkOf(body) })).rejects.toMatchObject({ code: 'output' });
    expect(existsSync(at('closed'))).toBe(true);
  });

  it('refuses to start with one that is none', async () => {
    writeFileSync(at('none.mjs'), "export default { kind: 'sink' };");
    await expect(run({ module: at('none.mjs') })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('own can’t be used: it has no open()'.replace('’', "'")),
    });
    writeFileSync(at('half.mjs'), "export default { kind: 'sink', open: () => ({ write() {} }) };");
    await expect(run({ module: at('half.mjs') })).rejects.toThrow('open() gave something that has no flush()');
  });

  it.each([
    ['plugins=[]', 'names of `plugins`'],
    ['output.plugins=[{name: own, outputs: [embeddings]}]', 'without `embeddings`'],
    ['output.plugins=[{name: own, outputs: [oracles]}]', 'oracles'],
  ])('is refused in a config with %s', (setting, text) => {
    expect(() => configOf({}, setting)).toThrow(text);
  });
});

describe('a commit with a sink of one’s own', () => {
  it('is made when the sink has all of it, and not where that fails', async () => {
    const config = configOf({ module: sinkOf("if (method === 'flush' && nth === 2) throw new Error('no room');") });
    const plugins = await openPluginSinks(config, ['transitions']);
    const state = createMemoryState();
    const store = flushedBefore(plugins, state.open());
    await store.open();
    const buffer = createRecordBuffer({ topicOf: (name) => name, format: 'json', plugins });
    const transitions = OUTPUTS.find(({ name }) => name === 'transitions')!;
    const sink = await buffer.sink(transitions as never);
    const commit = async () => store.commit({ outputs: buffer.take(), offsets: new Map() });
    const [record] = SAMPLE_RECORDS.transitions!;
    await sink.write([record as never]);
    await commit();
    expect(receivedAt(at('told.txt'))).toEqual([['transitions', record]]);
    expect(state.commits.length).toBe(1);
    await sink.write([record as never]);
    await expect(commit()).rejects.toMatchObject({ code: 'output', message: expect.stringContaining('no room') });
    expect(state.commits.length).toBe(1);
    await plugins.close();
  });
});
