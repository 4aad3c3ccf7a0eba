import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AssignmentRecord } from '../../src/publish/assignment-record.js';
import { refuseUsedTopics } from '../../src/service/cli/refuse-used-topics.js';
import type { Config } from '../../src/service/config/schema.js';
import { type ReplayOptions, replayFromConfig } from '../../src/service/replay/replay-from-config.js';
import { topicOf } from '../../src/service/topics/topic-name.js';
import type { TrainingResult } from '../../src/train/training-job.js';
import { createPlannedTopics, publishModel, startWorker, testDeps, trainModel } from '../support/kafka/going-worker.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { readCommitted } from '../support/kafka/read-committed.js';
import { simulatedUsage, toEvent } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const DAY_MS = 86_400_000;
const usage = simulatedUsage(60, 12);
/** Records have the time at which they came. */
let latest = 0;
const records = usage.records.map((record) => {
  latest = Math.max(latest, toEvent(record.value)?.timestamp ?? 0);
  return { ...record, timestamp: String(latest) };
});
const begin = Math.floor(Number(records[0]!.timestamp) / DAY_MS) * DAY_MS;
const ALL = { from: begin, to: begin + 30 * DAY_MS, leadMs: 0 };
const keyOf = ({ customerId, windowStart, revision }: AssignmentRecord) => `${customerId}/${windowStart}/${revision}`;
const toMap = (assignments: readonly AssignmentRecord[]) =>
  new Map(assignments.map(({ emittedAt: _, ...record }) => [keyOf(record as AssignmentRecord), record]));

describe('a replay', () => {
  let config: Config;
  let folder: string;
  let model: TrainingResult;
  let committed: AssignmentRecord[];
  let input: Awaited<ReturnType<typeof createTestTopic>>;

  const replay = (name: string, options: Partial<ReplayOptions> = {}) =>
    replayFromConfig(
      config,
      { ...ALL, output: { ...config.output, kind: 'directory', path: join(folder, name) }, ...options },
      testDeps(),
    );
  const assignmentsIn = async (name: string): Promise<AssignmentRecord[]> => {
    const lines = await readFile(join(folder, name, 'assignments.ndjson'), 'utf8');
    return lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segtide-replay-'));
    input = await createTestTopic(brokers, 3);
    const kafka = { brokers, topics: [input.topic], groupId: input.topic, pollTimeout: '200ms', sessionTimeout: '6s' };
    const output = { kind: 'kafka', topicPrefix: `${input.topic}.`, createTopics: true };
    config = toConfig(pipelineConfig({ kind: 'kafka', kafka }, output, { delivery: { commitEvery: '50ms' } }));
    await createPlannedTopics(config, 3);
    model = await trainModel(config, 1, usage.records);
    await publishModel(config, model);
    await input.produce(records);
    const outputs = await readCommitted(brokers, topicOf(config.output, 'assignments'));
    const worker = startWorker(config);
    await worker.until(() => outputs.records.length > 400);
    await outputs.quiet();
    await worker.stop();
    committed = outputs.records.map(({ value }) => JSON.parse(String(value)));
    await outputs.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives the windows that the worker gave, twice the same bytes, and touches no offset', async () => {
    const offsets = await input.committed(config.input.kafka!.groupId);
    const summary = await replay('first');
    expect(toMap(await assignmentsIn('first'))).toEqual(toMap(committed));
    expect(summary).toMatchObject({ records: records.length, partitions: 3, modelVersion: model.modelVersion });
    expect(summary.windows).toBe(committed.length);
    const letters = (await readFile(join(folder, 'first', 'dead-letters.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(letters).toHaveLength(usage.corrupt);
    expect(await input.committed(config.input.kafka!.groupId)).toEqual(offsets);

    await replay('second', { model: model.modelVersion });
    const path = join(folder, 'model.safetensors');
    await writeFile(path, model.artifact);
    await replay('third', { model: path });
    for (const name of ['assignments', 'transitions', 'late', 'dead-letters']) {
      const bytes = await readFile(join(folder, 'first', `${name}.ndjson`));
      expect(await readFile(join(folder, 'second', `${name}.ndjson`))).toEqual(bytes);
      expect(await readFile(join(folder, 'third', `${name}.ndjson`))).toEqual(bytes);
    }
  });

  it('gives of a range the windows that closed in it, whole and with the segment before', async () => {
    const range = { from: begin + 5 * DAY_MS, to: begin + 9 * DAY_MS };
    await replay('range', { ...range, leadMs: 30 * DAY_MS });
    const closed = committed.filter(({ windowEnd }) => windowEnd >= range.from && windowEnd < range.to);
    expect(closed.length).toBeGreaterThan(100);
    expect(toMap(await assignmentsIn('range'))).toEqual(toMap(closed));

    // Without anything from before, windows that began there are left out.
    await replay('cut', { ...range, leadMs: 0 });
    const starts = (await assignmentsIn('cut')).map(({ windowStart }) => windowStart);
    expect(Math.min(...starts)).toBe(range.from);
  });

  it('writes topics of another prefix', async () => {
    const output = { ...config.output, topicPrefix: `${input.topic}.again.` };
    await refuseUsedTopics(config, output);
    const summary = await replay('', { output });
    await expect(refuseUsedTopics(config, output)).rejects.toMatchObject({ code: 'output' });
    const outputs = await readCommitted(brokers, `${output.topicPrefix}assignments`);
    await outputs.quiet();
    expect(toMap(outputs.records.map(({ value }) => JSON.parse(String(value))))).toEqual(toMap(committed));
    expect(summary.outputs.find(({ output }) => output === 'assignments')).toEqual({
      output: 'assignments',
      path: `${output.topicPrefix}assignments`,
      records: committed.length,
    });
    await outputs.close();
  });

  it('ends before what a transaction that is still open has written', async () => {
    const producer = input.kafka.producer({ transactionalId: input.topic, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: input.topic, messages: [0, 1, 2].map((partition) => ({ partition, value: 'x' })) });
    const summary = await replay('stable');
    expect(summary).toMatchObject({ records: records.length, windows: committed.length });
    await transaction.abort();
    await producer.disconnect();
  });

  it('says which models there are, and that retention has removed records', async () => {
    await expect(replay('none', { model: 'v9' })).rejects.toThrow(`has ${model.modelVersion}; 'v9' is not among them`);
    const admin = input.kafka.admin();
    await admin.connect();
    const partitions = (await admin.fetchTopicOffsets(input.topic)).map(({ partition }) => partition);
    await admin.deleteTopicRecords({
      topic: input.topic,
      partitions: partitions.map((partition) => ({ partition, offset: '5' })),
    });
    await admin.disconnect();
    await expect(replay('none')).rejects.toMatchObject({ code: 'state' });
    await expect(replay('none')).rejects.toThrow(/retention has removed records of .*\/0, .*input.kafka.outOfRange/);
    config = { ...config, input: { ...config.input, kafka: { ...config.input.kafka!, outOfRange: 'earliest' } } };
    expect((await replay('left')).records).toBe(records.length - 15);
  });
});
