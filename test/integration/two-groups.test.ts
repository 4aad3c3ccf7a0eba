import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { ASSIGNMENTS } from '../../src/publish/output.js';
import { createLog } from '../../src/service/log.js';
import { runWorkerFromConfig } from '../../src/service/worker/worker-from-config.js';
import { createPlannedTopics, testDeps } from '../support/kafka/going-worker.js';
import { contentOf, pipelineConfig, toConfig } from '../support/kafka/pipeline-config.js';
import { readCommitted } from '../support/kafka/read-committed.js';
import { simulatedUsage } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');

it('lets two groups that share their topics write nothing twice', async () => {
  const topic = await createTestTopic(brokers, 1);
  const prefix = `${topic.topic}.`;
  const configOf = (groupId: string) =>
    toConfig(
      pipelineConfig(
        { kind: 'kafka', kafka: { brokers, topics: [topic.topic], groupId, pollTimeout: '100ms' } },
        { kind: 'kafka', topicPrefix: prefix },
      ),
    );
  await createPlannedTopics(configOf(topic.topic), 1);
  const { records } = simulatedUsage(20, 12);
  const controller = new AbortController();
  const told: string[] = [];
  const log = createLog({ level: 'warn', format: 'text', write: (line) => void told.push(line) });
  const workers = ['one', 'two'].map((name) =>
    runWorkerFromConfig(configOf(`${topic.topic}-${name}`), { ...testDeps(controller.signal), log }),
  );
  const failed = Promise.race(workers);
  failed.catch(() => {}); // where nobody waits for it
  // Time goes on for a while after both have had the partition: windows close under the one and the other.
  for (let at = 0; at < records.length || told.length < 2; at += 10) {
    await topic.produce(at < records.length ? records.slice(at, at + 10) : records.slice(-1));
    await Promise.race([sleep(200), failed]);
  }
  expect(told.join('')).toContain('another process has taken over partition 0');
  controller.abort();
  // The one that has been fenced last may hear of it only now.
  for (const ended of await Promise.allSettled(workers)) {
    if (ended.status === 'rejected') expect(ended.reason).toMatchObject({ code: 'fenced' });
  }
  const outputs = await readCommitted(brokers, `${prefix}${ASSIGNMENTS.name}`);
  await outputs.quiet();
  const keys = outputs.records.map(({ value }) => contentOf(JSON.parse(String(value)))[0]);
  await outputs.close();
  expect(keys.length).toBeGreaterThan(0);
  expect(new Set(keys).size).toBe(keys.length);
});
