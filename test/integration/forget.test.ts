import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { AssignmentRecord } from '../../src/publish/assignment-record.js';
import type { Config } from '../../src/service/config/schema.js';
import { forgetCustomers } from '../../src/service/forget/forget-customers.js';
import { topicOf } from '../../src/service/topics/topic-name.js';
import { createPlannedTopics, publishModel, startWorker, trainModel } from '../support/kafka/going-worker.js';
import { pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { type CommittedRecords, readCommitted } from '../support/kafka/read-committed.js';
import { simulatedUsage, toEvent } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const PARTITIONS = 3;
const DAY_MS = 86_400_000;
const NAMES = ['assignments', 'transitions', 'late', 'samples'] as const;
const { records } = simulatedUsage(60, 12, 0);
const dayOf = ({ value }: { readonly value: Buffer }): number => Math.floor(toEvent(value)!.timestamp / DAY_MS);
const begin = Math.min(...records.map(dayOf));
/** Two that have events every day. */
const FORGOTTEN = 'c000046';
const OTHER = 'c000051';
const days = (from: number, to: number) =>
  records.filter((record) => dayOf(record) >= begin + from && dayOf(record) < begin + to);

describe('forgetting a customer', () => {
  let config: Config;
  let input: Awaited<ReturnType<typeof createTestTopic>>;
  let outputs: CommittedRecords;
  const topic = (name: (typeof NAMES)[number] | 'forget-requests') => topicOf(config.output, name);
  const assignmentsOf = (customer: string) =>
    outputs.records
      .filter((record) => record.topic === topic('assignments') && record.key === customer)
      .map(({ value }) => (value === null ? null : (JSON.parse(String(value)) as AssignmentRecord)));

  beforeAll(async () => {
    input = await createTestTopic(brokers, PARTITIONS);
    const kafka = { brokers, topics: [input.topic], groupId: input.topic, pollTimeout: '200ms', sessionTimeout: '6s' };
    const output = { kind: 'kafka', topicPrefix: `${input.topic}.` };
    config = toConfig(pipelineConfig({ kind: 'kafka', kafka }, output, { delivery: { commitEvery: '50ms' } }));
    await createPlannedTopics(config, PARTITIONS);
    await publishModel(config, await trainModel(config, 1, days(0, 6)));
    outputs = await readCommitted(brokers, ...NAMES.map(topic));
    return () => outputs.close();
  });

  it('drops its windows and tells all readers once, and a restarted worker does not know it', async () => {
    let worker = startWorker(config);
    await input.produce(days(0, 6));
    await worker.until(() => assignmentsOf(FORGOTTEN).length >= 4);
    await outputs.quiet();
    const before = assignmentsOf(FORGOTTEN);
    expect(before.at(-1)!.previousSegmentId).not.toBeNull();
    const summary = await forgetCustomers(config, [FORGOTTEN, 'nobody'], { now: Date.now });
    expect(summary).toEqual({ customers: 2, topic: topic('forget-requests'), partitions: PARTITIONS });
    await worker.until(() => assignmentsOf(FORGOTTEN).includes(null));
    await outputs.quiet();
    await worker.stop();

    worker = startWorker(config);
    await input.produce(days(6, 9).filter(({ key }) => key !== FORGOTTEN));
    await worker.until(() => assignmentsOf(OTHER).length >= 7);
    await input.produce(days(9, 12));
    await worker.until(() => assignmentsOf(OTHER).length >= 11 && assignmentsOf(FORGOTTEN).at(-1) !== null);
    await outputs.quiet();
    await worker.stop();
    const after = assignmentsOf(FORGOTTEN);
    // Neither the window that was open at the request, nor a segment from before it.
    expect(after.slice(0, before.length)).toEqual(before);
    const tombstones = after.slice(before.length).filter((record) => record === null);
    const [anew] = after.slice(before.length + tombstones.length);
    expect(anew).toMatchObject({ windowStart: (begin + 9) * DAY_MS, previousSegmentId: null, status: 'assigned' });

    // Only the partition of the customer answers, or where the key would be of a customer of whom nobody knows.
    for (const name of NAMES) {
      const keys = outputs.records.filter((record) => record.topic === topic(name) && record.value === null);
      expect(
        keys.filter(({ key }) => key === 'nobody'),
        name,
      ).toHaveLength(1);
      expect(
        keys.filter(({ key }) => key === FORGOTTEN),
        name,
      ).toHaveLength(1);
      expect(keys, name).toHaveLength(2);
    }
  });
});
