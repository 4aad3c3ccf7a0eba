import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { adjustedRandIndex } from '../../src/cluster/adjusted-rand-index.js';
import type { AssignmentRecord } from '../../src/publish/assignment-record.js';
import type { Config } from '../../src/service/config/schema.js';
import { createLog } from '../../src/service/log.js';
import type { RoleDeps } from '../../src/service/run/role.js';
import { runTrainerFromConfig } from '../../src/service/trainer/trainer-from-config.js';
import { runWorkerFromConfig } from '../../src/service/worker/worker-from-config.js';
import { decodeStatistics } from '../../src/train/encode-statistics.js';
import {
  assignmentsOfFile,
  contentOf,
  DRIFT,
  MODEL,
  pipelineConfig,
  toConfig,
} from '../support/kafka/pipeline-config.js';
import { type CommittedRecords, readCommitted } from '../support/kafka/read-committed.js';
import { simulatedUsage } from '../support/kafka/simulated-usage.js';
import { createTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const DAYS = 30;
const { records } = simulatedUsage(150, DAYS);
const perDay = Math.ceil(records.length / DAYS);
const ENERGY = fileURLToPath(new URL('../../config/plugins/drift-statistic.mjs', import.meta.url));

describe('workers and a trainer on Kafka', () => {
  it('give each window once, whoever works on it, and segments like those of one process', async () => {
    const topic = await createTestTopic(brokers, 4);
    const config = rolesConfig(topic.topic);
    const first = start(runWorkerFromConfig, config);
    await topic.produce(records.slice(0, 2 * perDay));
    const outputs = await waitForTopic(() =>
      readCommitted(brokers, ...['assignments', 'statistics', 'models'].map((name) => `${topic.topic}.${name}`)),
    );
    const hasModel = (): boolean => outputs.records.some(({ topic: name }) => name.endsWith('.models'));
    // The first windows come before any trainer is there.
    await first.until(() => assignmentsOf(outputs).length > 50);
    expect(new Set(assignmentsOf(outputs).map(({ status }) => status))).toEqual(new Set(['warming']));

    const trainer = start(runTrainerFromConfig, config);
    const second = start(runWorkerFromConfig, config);
    for (let day = 2; day < DAYS; day++) {
      // However long the first training takes, there are windows left for its model.
      if (day === DAYS / 2) await first.until(hasModel);
      await topic.produce(records.slice(day * perDay, (day + 1) * perDay));
      await Promise.race([sleep(400), first.failed, second.failed, trainer.failed]);
    }
    await first.until(() => assignmentsOf(outputs).some(({ status }) => status === 'assigned'));
    await outputs.quiet(4000);
    // Both at once: who stays would take over what the other leaves.
    const summaries = await Promise.all([first.stop(), second.stop()]);
    const trained = await trainer.stop();
    // On a busy machine one topic is read long before another.
    await expect.poll(() => windowsTaught(outputs), { timeout: 20_000 }).toBe(trained.windows);
    await outputs.quiet(4000);

    const assignments = assignmentsOf(outputs);
    const expected = (await assignmentsOfFile(records, MODEL)).filter(
      ({ windowEnd }) => windowEnd <= latestEnd(assignments),
    );
    const seen = assignments.map(contentOf);
    expect(new Map(seen).size).toBe(seen.length);
    expect(new Map(seen)).toEqual(new Map(expected.map(contentOf)));
    expect(summaries.every(({ partitions }) => partitions.length === 2)).toBe(true);
    expect(trained.published.length).toBeGreaterThan(0);

    // Each first result teaches once.
    const taught = windowsTaught(outputs);
    expect(taught).toBe(assignments.filter(({ final, revision }) => final && revision === 0).length);

    const lastWeek = (all: readonly AssignmentRecord[]) =>
      new Map(
        all
          .filter(({ windowEnd }) => windowEnd > latestEnd(assignments) - 7 * 86_400_000)
          .map((record) => [contentOf(record)[0], record.segmentId] as const),
      );
    const ours = lastWeek(assignments);
    const theirs = lastWeek(expected);
    const keys = [...ours.keys()];
    const agreement = adjustedRandIndex(
      keys.map((key) => ours.get(key)),
      keys.map((key) => theirs.get(key)),
    );
    // Models of other windows, and of a second's training: two such models of one process agree no better.
    expect(agreement).toBeGreaterThan(0.25);
    expect(trained.windows).toBe(taught);
    await outputs.close();

    // A statistic of one's own is told of beside the others.
    const drift = await readCommitted(brokers, `${topic.topic}.drift`);
    await expect.poll(() => drift.records.map(({ key }) => key), { timeout: 20_000 }).toContain('embedding/all/energy');
    await drift.close();
  });
});

function rolesConfig(topic: string, delivery = {}): Config {
  const kafka = { brokers, topics: [topic], groupId: topic, pollTimeout: '200ms', sessionTimeout: '6s' };
  const output = { kind: 'kafka', topicPrefix: `${topic}.`, createTopics: true };
  return toConfig(
    pipelineConfig({ kind: 'kafka', kafka }, output, {
      delivery: { commitEvery: '200ms', ...delivery },
      plugins: [{ name: 'energy', module: ENERGY }],
      drift: { ...DRIFT, statistics: [{ plugin: 'energy', layer: 'embedding', threshold: 0.05 }] },
    }),
  );
}

/** A role that goes on until it is stopped. */
function start<T>(role: (config: Config, deps: RoleDeps) => Promise<T>, config: Config) {
  const controller = new AbortController();
  let modelVersion: string | null = null;
  const ended = role(config, {
    signal: controller.signal,
    clock: { now: Date.now },
    log: createLog({ level: 'warn', format: 'text', write: (line) => process.stderr.write(line) }),
    progress: (progress) => {
      modelVersion = progress.modelVersion;
    },
  });
  const failed = ended.then(() => new Promise<never>(() => {}));
  failed.catch(() => {}); // whoever waits for it hears of it
  return {
    get modelVersion() {
      return modelVersion;
    },
    failed,
    async until(done: () => boolean): Promise<void> {
      while (!done()) await Promise.race([sleep(100), failed]);
    },
    stop(): Promise<T> {
      controller.abort();
      return ended;
    },
  };
}

function windowsTaught({ records: all }: CommittedRecords): number {
  return all
    .filter(({ topic }) => topic.endsWith('.statistics'))
    .reduce((sum, { value }) => sum + decodeStatistics(value!).windows, 0);
}

function assignmentsOf({ records: all }: CommittedRecords): AssignmentRecord[] {
  return all.filter(({ topic }) => topic.endsWith('.assignments')).map(({ value }) => JSON.parse(String(value)));
}

function latestEnd(assignments: readonly AssignmentRecord[]): number {
  return Math.max(...assignments.map(({ windowEnd }) => windowEnd));
}

/** A worker makes its topics when it starts. */
async function waitForTopic(open: () => Promise<CommittedRecords>): Promise<CommittedRecords> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      if (attempt === 40) throw error;
      await sleep(250);
    }
  }
}
