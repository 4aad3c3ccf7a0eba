import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import avro from 'avsc';
import type { Message } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import { createRandom } from '../../src/numeric/random.js';
import type { AssignmentRecord } from '../../src/publish/assignment-record.js';
import {
  ASSIGNMENTS,
  DEAD_LETTERS,
  DRIFT,
  LATE,
  type Output,
  SEGMENTS,
  TRANSITIONS,
} from '../../src/publish/output.js';
import { buildCommand } from '../support/faults/build-command.js';
import {
  assignmentsOfFile,
  contentOf,
  MODEL,
  pipelineConfig,
  startRoles,
  startRun,
  toConfig,
} from '../support/kafka/pipeline-config.js';
import { type CommittedRecord, type CommittedRecords, readCommitted } from '../support/kafka/read-committed.js';
import { simulatedUsage, toEvent } from '../support/kafka/simulated-usage.js';
import { createTestTopic, openTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const DAYS = 25;
const usage = simulatedUsage(150, DAYS);
const { records } = usage;
const perDay = Math.ceil(records.length / DAYS);

let folder: string;
let command: string;
beforeAll(async () => {
  command = buildCommand();
  folder = await mkdtemp(join(tmpdir(), 'segtide-pipeline-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const USAGE_AVRO: avro.Schema = {
  type: 'record',
  name: 'Usage',
  fields: [
    { name: 'customerId', type: 'string' },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'value', type: 'double' },
  ],
};

describe('the pipeline on Kafka', () => {
  it.each(['json', 'avro'] as const)(
    'reads, trains and writes %s, window by window what a run on a file gives',
    async (format) => {
      const topic = await createTestTopic(brokers, 3);
      const prefix = `${topic.topic}.`;
      const schema = join(folder, 'usage.avsc');
      await writeFile(schema, JSON.stringify(USAGE_AVRO));
      const kafka = {
        brokers,
        topics: [topic.topic],
        groupId: topic.topic,
        format,
        avroSchema: schema,
        pollTimeout: '200ms',
      };
      const output = { kind: 'kafka', topicPrefix: prefix, format, createTopics: true };
      const roles = startRoles(toConfig(pipelineConfig({ kind: 'kafka', kafka }, output)));
      const encode = format === 'avro' ? toAvroRecord : (record: Message) => record;
      const outputs = await readOutputs(prefix, roles.ended);
      const read = <T>(to: Output<T>): T[] =>
        outputs.records.flatMap(({ topic: name, value }) =>
          name === `${prefix}${to.name}` ? [decode(to, format, value!)] : [],
        );

      // A model takes effect on arrival, so time must go on until it has.
      let produced = 0;
      while (produced < records.length) {
        await topic.produce(records.slice(produced, produced + perDay).map(encode));
        produced = Math.min(produced + perDay, records.length);
        if (produced === 12 * perDay) await until(async () => roles.progress?.modelVersion != null, roles.ended);
      }
      const expected = await expectedWindows(produced);
      await until(async () => read(ASSIGNMENTS).length >= expected.size, roles.ended);
      // So old that every window of theirs is closed.
      const old = records.filter(({ value }) => toEvent(value) !== undefined).slice(0, 5);
      await topic.produce(old.map(encode));
      await until(async () => read(LATE).length >= 5, roles.ended);
      const [summary] = await roles.stop();
      await outputs.quiet();

      const assignments = read(ASSIGNMENTS);
      expect(differences(new Map(assignments.map(contentOf)), expected)).toEqual([]);
      expect(assignments).toHaveLength(expected.size);
      expect(new Set(assignments.map(({ status }) => status))).toEqual(new Set(['warming', 'assigned']));
      expect(
        read(LATE)
          .map(({ eventTime }) => eventTime)
          .sort(),
      ).toEqual(old.map(({ value }) => toEvent(value)!.timestamp).sort());
      expect(read(SEGMENTS).map(({ segmentId }) => segmentId)).toContain('s1');
      const changes = assignments.filter(
        ({ segmentId, previousSegmentId }) => previousSegmentId !== null && previousSegmentId !== segmentId,
      );
      expect(read(TRANSITIONS)).toHaveLength(changes.length);
      expect(changes.length).toBeGreaterThan(0);
      for (const { from, to } of read(TRANSITIONS)) expect(from).not.toBe(to);
      expect(read(DRIFT).length).toBeGreaterThan(0);
      for (const { layer } of read(DRIFT)) expect(['input', 'embedding', 'assignment', 'model']).toContain(layer);

      // Each dead letter is found again at its offset, with its bytes.
      const letters = read(DEAD_LETTERS);
      const spoilt = records.slice(0, produced).filter(({ value }) => toEvent(value) === undefined);
      expect(letters).toHaveLength(spoilt.length);
      const input = await topic.read(produced + 5);
      for (const letter of letters) {
        const at = input.find(
          (record) => `${topic.topic}/${record.partition}` === letter.source && record.offset === letter.offset,
        );
        expect(bytesOf(letter)).toEqual(at!.value);
      }
      expect(summary.events).toBe(produced + 5);
      const { accepted, late, deadLettered, quarantined } = summary.fates;
      expect({ accepted, late, dead: deadLettered + quarantined }).toEqual({
        ...{ accepted: produced - spoilt.length, late: 5 },
        dead: spoilt.length,
      });
      expect(sum(await topic.committed(topic.topic))).toBe(produced + 5);
      await outputs.close();
    },
  );

  it('gives each window once though worker and trainer of one process are killed again and again', async () => {
    const topic = await createTestTopic(brokers, 3);
    const prefix = `${topic.topic}.`;
    const config = join(folder, 'kill.yaml');
    const kafka = { brokers, topics: [topic.topic], groupId: topic.topic, pollTimeout: '200ms', sessionTimeout: '2s' };
    await writeFile(
      config,
      pipelineConfig({ kind: 'kafka', kafka }, { kind: 'kafka', topicPrefix: prefix, createTopics: true }),
    );
    const expected = await expectedWindows(records.length);
    const start = () => startSegtide(['run', '--config', config, '--quiet']);

    let at = 0;
    const produceDays = async (days: number): Promise<void> => {
      await topic.produce(records.slice(at, at + days * perDay));
      at += days * perDay;
    };
    const random = createRandom(11);
    let segtide = start();
    const outputs = await readOutputs(prefix, segtide.failed);
    const assignments = (): AssignmentRecord[] =>
      outputs.records.flatMap(({ topic: name, value }) =>
        name.endsWith('.assignments') ? [JSON.parse(String(value))] : [],
      );
    for (let kills = 0; kills < 4; kills++) {
      const before = assignments().length;
      await produceDays(5);
      await until(async () => assignments().length > before, segtide.failed);
      await sleep(random.below(700));
      segtide.child.kill('SIGKILL');
      await segtide.exited;
      segtide = start();
    }
    await until(async () => assignments().length > 0 && outputs.records.some(isManifest), segtide.failed);
    while (at < records.length) await produceDays(5);
    await until(async () => assignments().length >= expected.size, segtide.failed);
    segtide.child.kill('SIGTERM');
    expect(await segtide.exited).toBe(0);
    await outputs.quiet();
    expect(assignments()).toHaveLength(expected.size);
    expect(differences(new Map(assignments().map(contentOf)), expected)).toEqual([]);
    expect(assignments().some(({ status }) => status === 'assigned')).toBe(true);
    expect(sum(await topic.committed(topic.topic))).toBe(records.length);
    await outputs.close();
  });

  it('ends a run whose partitions went to another member of the group, which a restart heals', async () => {
    const topic = await createTestTopic(brokers, 2);
    const kafka = { brokers, topics: [topic.topic], groupId: topic.topic, pollTimeout: '100ms', sessionTimeout: '3s' };
    const config = toConfig(pipelineConfig({ kind: 'kafka', kafka }, { path: join(folder, 'moved') }));
    await topic.produce(records.slice(0, perDay));
    const first = startRun(config);
    await until(async () => (first.progress?.events ?? 0) === perDay, first.ended);
    const other = topic.kafka.consumer({ groupId: topic.topic });
    await other.connect();
    await other.subscribe({ topics: [topic.topic] });
    await other.run({ eachMessage: async () => undefined });
    await expect(first.ended).rejects.toMatchObject({
      code: 'transport',
      message: expect.stringMatching(/took over .*\/[01]/),
    });
    await other.disconnect();
    await topic.produce(records.slice(perDay, 3 * perDay));
    const again = startRun(config);
    await until(async () => (again.progress?.events ?? 0) === 3 * perDay, again.ended);
    await again.stop();
    const lines = await readFile(join(folder, 'moved', 'assignments.ndjson'), 'utf8');
    const assigned = lines
      .trimEnd()
      .split('\n')
      .map((line) => contentOf(JSON.parse(line)));
    expect(differences(new Map(assigned), await expectedWindows(3 * perDay))).toEqual([]);
    expect(assigned).toHaveLength(new Map(assigned).size);
  });

  it('writes what it read from a file to topics', async () => {
    const topic = await createTestTopic(brokers);
    const path = join(folder, 'few.ndjson');
    const few = records.slice(0, 5 * perDay);
    await writeFile(path, few.map(({ value }) => value.toString('latin1')).join('\n'), 'latin1');
    const output = { kind: 'kafka', topicPrefix: `${topic.topic}.`, kafka: { brokers } };
    const config = toConfig(pipelineConfig({ paths: [path] }, output));
    const names = [
      'assignments',
      'transitions',
      'segments (cleanup.policy=compact)',
      'drift',
      'alerts',
      'model-events',
      'late',
      'dead-letters',
    ];
    await expect(startRun(config).ended).rejects.toMatchObject({
      code: 'output',
      message: expect.stringContaining(names.map((name) => `${topic.topic}.${name}`).join(', ')),
    });
    await startRun({ ...config, output: { ...config.output, createTopics: true } }).ended;
    const assignments = openTestTopic(brokers, `${topic.topic}.${ASSIGNMENTS.name}`);
    const written = (await assignments.read(await assignments.count())).map(({ value }) => JSON.parse(String(value)));
    const expected = new Map((await assignmentsOfFile(few, MODEL)).map(contentOf));
    expect(differences(new Map(written.map(contentOf)), expected)).toEqual([]);
  });

  it('reads only what comes after its start where a new group is not to read from the beginning', async () => {
    const topic = await createTestTopic(brokers, 3);
    await topic.produce(records.slice(0, perDay));
    const kafka = {
      brokers,
      topics: [topic.topic],
      groupId: topic.topic,
      startAt: 'latest',
      pollTimeout: '200ms',
    };
    const run = startRun(toConfig(pipelineConfig({ kind: 'kafka', kafka }, { path: join(folder, topic.topic) })));
    // The first pull has settled where it begins.
    await until(async () => run.progress !== undefined, run.ended);
    await topic.produce(records.slice(perDay, 3 * perDay));
    await until(async () => (run.progress!.events ?? 0) >= 2 * perDay, run.ended);
    const summary = await run.stop();
    expect(summary.events.in).toBe(2 * perDay);
  });

  it('writes assignments from Kafka to standard output', async () => {
    const topic = await createTestTopic(brokers, 3);
    await topic.produce(records.slice(0, 3 * perDay));
    const config = join(folder, 'to-stdout.yaml');
    const kafka = { brokers, topics: [topic.topic], groupId: topic.topic, pollTimeout: '200ms' };
    await writeFile(
      config,
      pipelineConfig({ kind: 'kafka', kafka }, { kind: 'stdout', path: join(folder, 'to-stdout') }),
    );
    const segtide = startSegtide(['run', '--config', config, '--quiet']);
    const expected = await expectedWindows(3 * perDay);
    const lines = () => segtide.stdout.split('\n').slice(0, -1);
    await until(async () => lines().length >= expected.size, segtide.exited);
    segtide.child.kill('SIGTERM');
    expect(await segtide.exited).toBe(143);
    expect(differences(new Map(lines().map((line) => contentOf(JSON.parse(line)))), expected)).toEqual([]);
  });

  it('refuses a topic whose records are not keyed by customer', async () => {
    const topic = await createTestTopic(brokers, 3);
    await topic.produce(records.slice(0, 100).map(({ value }) => ({ value })));
    const kafka = { brokers, topics: [topic.topic], groupId: topic.topic };
    const config = toConfig(pipelineConfig({ kind: 'kafka', kafka }, { path: join(folder, 'unkeyed') }));
    await expect(startRun(config).ended).rejects.toMatchObject({ code: 'input', context: { topic: topic.topic } });
  });

  it.each([
    ['no broker', { input: { brokers: ['127.0.0.1:1'] }, output: {} }, 6, /ECONNREFUSED/],
    ['no such topic', { input: { topics: ['nowhere'] }, output: {} }, 3, /the topic nowhere does not exist/],
    [
      'no output topics',
      { input: {}, output: { kind: 'kafka', topicPrefix: 'no.' } },
      4,
      /no\.assignments, .*createTopics/,
    ],
    ['no folder to write to', { input: {}, output: { path: '/dev/null/state' } }, 4, /\/dev\/null/],
  ] as const)('says what is wrong with %s', async (name, { input, output }, code, words) => {
    const topic = await createTestTopic(brokers);
    const config = join(folder, 'wrong.yaml');
    const kafka = { brokers, topics: [topic.topic], groupId: topic.topic, ...input };
    await writeFile(config, pipelineConfig({ kind: 'kafka', kafka }, { path: join(folder, name), ...output }));
    const segtide = startSegtide(['run', '--config', config]);
    expect(await segtide.exited).toBe(code);
    expect(segtide.stderr).toMatch(words);
    expect(segtide.stderr).not.toMatch(/\n\s+at /);
  });
});

/** The topics of a deployment, once it has made them. */
async function readOutputs(prefix: string, ended: Promise<unknown>): Promise<CommittedRecords> {
  const names = [ASSIGNMENTS, TRANSITIONS, SEGMENTS, DRIFT, LATE, DEAD_LETTERS].map(({ name }) => `${prefix}${name}`);
  const topics = [...names, `${prefix}models`];
  const made = openTestTopic(brokers, names[0]!);
  const admin = made.kafka.admin();
  await admin.connect();
  await until(async () => {
    const there = await admin.listTopics();
    return topics.every((topic) => there.includes(topic));
  }, ended);
  await admin.disconnect();
  return readCommitted(brokers, ...topics);
}

function isManifest({ key }: CommittedRecord): boolean {
  return key?.endsWith('/manifest') === true;
}

/** What a run on a file makes of the first records, without what the end of a file brings and a topic has not. */
function expectedWindows(count: number): Promise<ReadonlyMap<string, string>> {
  const known = expected.get(count) ?? toExpected(count);
  expected.set(count, known);
  return known;
}

const expected = new Map<number, Promise<ReadonlyMap<string, string>>>();

async function toExpected(count: number): Promise<ReadonlyMap<string, string>> {
  const closed = usage.latest(count) - OUT_OF_ORDERNESS;
  const assignments = await assignmentsOfFile(records.slice(0, count));
  const atClose = assignments.filter(({ windowEnd, revision }) => windowEnd <= closed && revision === 0);
  return new Map(atClose.map(contentOf));
}

/** What one has and the other has not; thousands of windows are too many to print. */
function differences(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] {
  const missing = [...expected].filter(([key]) => !actual.has(key)).map(([key]) => `missing ${key}`);
  const other = [...actual].filter(([key, content]) => content !== expected.get(key));
  return [...missing, ...other.map(([key, content]) => `${key} ${content} for ${expected.get(key)}`)].slice(0, 5);
}

/** The default of `window.outOfOrderness`. */
const OUT_OF_ORDERNESS = 300_000;

function toAvroRecord({ key, value }: Message): Message {
  const event = toEvent(value as Buffer);
  // What is spoilt in JSON stays what it is: no Avro either.
  return { key: key!, value: event === undefined ? value : avro.Type.forSchema(USAGE_AVRO).toBuffer(event) };
}

function decode<T>(output: Output<T>, format: 'json' | 'avro', value: Buffer): T {
  if (format === 'json') return JSON.parse(String(value)) as T;
  return avro.Type.forSchema(output.schema as unknown as avro.Schema).fromBuffer(value.subarray(10)) as T;
}

/** JSON carries bytes as base64. */
function bytesOf({ bytes }: DeadLetter): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : Buffer.from(bytes);
}

/** Starts the command. */
function startSegtide(args: readonly string[]) {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const failed = exited.then((code) => {
    throw new Error(`segtide ended with ${code}: ${stderr}`);
  });
  failed.catch(() => {});
  return {
    child,
    /** The exit code, null after a kill. */
    exited,
    failed,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
  };
}

async function until(holds: () => Promise<boolean>, ended: Promise<unknown>): Promise<void> {
  const failed = ended.then(() => {
    throw new Error('the run ended too early');
  });
  failed.catch(() => {});
  while (!(await holds())) await Promise.race([sleep(100), failed]);
}

function sum(values: Record<number, number>): number {
  return Object.values(values).reduce((a, b) => a + b, 0);
}
