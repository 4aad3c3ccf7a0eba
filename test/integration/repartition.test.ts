import { describe, expect, inject, it } from 'vitest';
import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import type { AssignmentRecord } from '../../src/publish/assignment-record.js';
import type { Config } from '../../src/service/config/schema.js';
import { createPlannedTopics, startWorker } from '../support/kafka/going-worker.js';
import { contentOf, pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { type CommittedRecords, readCommitted } from '../support/kafka/read-committed.js';
import { simulatedUsage, toEvent } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const DAY_MS = 86_400_000;
const { records, corrupt } = simulatedUsage(60, 8, 0.01);
const dayOf = (value: Buffer): number => Math.floor((toEvent(value)?.timestamp ?? 0) / DAY_MS);

function repartitioned(topics: readonly string[], keyed: string): Config {
  const [topic] = topics;
  const kafka = { brokers, topics, groupId: topic, pollTimeout: '200ms', sessionTimeout: '6s' };
  const output = { kind: 'kafka', topicPrefix: `${topic}.` };
  const text = pipelineConfig({ kind: 'kafka', keyed, kafka }, output, { delivery: { commitEvery: '50ms' } });
  const config = JSON.parse(text);
  // Partitions are copied one beside the other: a day may come before the one before it has ended.
  config.window.outOfOrderness = '2d';
  return toConfig(JSON.stringify(config));
}

const assignmentsOf = ({ records: all }: CommittedRecords): AssignmentRecord[] =>
  all.filter(({ topic }) => topic.endsWith('assignments')).map(({ value }) => JSON.parse(String(value)));

describe('a repartitioned input', () => {
  it('gives the windows of one keyed topic, whatever keys and partitions its topics have', async () => {
    const keyed = await createTestTopic(brokers, 5);
    await createPlannedTopics(repartitioned([keyed.topic], 'verify'), 5);
    const [three, five] = [await createTestTopic(brokers, 3), await createTestTopic(brokers, 5)];
    const config = repartitioned([three.topic, five.topic], 'repartition');
    await createPlannedTopics(config, 5);
    const straight = await readCommitted(brokers, `${keyed.topic}.assignments`);
    const outputs = await readCommitted(
      brokers,
      ...['assignments', 'dead-letters', 'repartitioned', 'late'].map((name) => `${three.topic}.${name}`),
    );
    const straightWorker = startWorker(repartitioned([keyed.topic], 'verify'));
    let worker = startWorker(config);
    let produced = 0;
    const days = [...new Set(records.map(({ value }) => dayOf(value)))].filter((day) => day > 0).sort((a, b) => a - b);
    for (const [i, day] of days.entries()) {
      const ofDay = records.filter(({ value }) => dayOf(value) === day || (i === 0 && dayOf(value) === 0));
      await keyed.produce(ofDay);
      const unkeyed = ofDay.map(({ value }, row) => ({ value, headers: { row: String(row) }, partition: row % 3 }));
      await three.produce(unkeyed.slice(0, ofDay.length / 2));
      await five.produce(unkeyed.slice(ofDay.length / 2));
      produced += ofDay.length;
      // Each record is copied once, also where one worker ends and the next begins.
      if (i === 3) {
        await worker.stop();
        worker = startWorker(config);
      }
      const copies = () => outputs.records.filter(({ topic }) => /repartitioned|dead-letters/.test(topic)).length;
      await worker.until(() => copies() >= produced);
    }
    await worker.until(() => assignmentsOf(outputs).length >= 100);
    await outputs.quiet(2500);
    await straight.quiet(2500);
    await straightWorker.stop();
    await worker.stop();

    const copies = outputs.records.filter(({ topic }) => topic.endsWith('repartitioned'));
    const readable = records.filter(({ value }) => toEvent(value) !== undefined);
    expect(copies.map(({ value }) => String(value)).sort()).toEqual(readable.map(({ value }) => String(value)).sort());
    for (const { key, value } of copies) expect(key).toBe(toEvent(value!)!.customerId);
    expect(new Set(copies.map(({ partition }) => partition)).size).toBe(5);
    expect(outputs.records.filter(({ topic }) => topic.endsWith('late'))).toEqual([]);

    const expected = assignmentsOf(straight);
    expect(expected.length).toBeGreaterThan(100);
    expect(assignmentsOf(outputs)).toHaveLength(expected.length);
    expect(new Map(assignmentsOf(outputs).map(contentOf))).toEqual(new Map(expected.map(contentOf)));

    const letters = outputs.records
      .filter(({ topic }) => topic.endsWith('dead-letters'))
      .map(({ value }) => JSON.parse(String(value)) as DeadLetter);
    expect(letters).toHaveLength(corrupt);
    for (const { source } of letters) expect(source).toMatch(new RegExp(`^(${three.topic}|${five.topic})/\\d$`));
    await straight.close();
    await outputs.close();
  });
});
