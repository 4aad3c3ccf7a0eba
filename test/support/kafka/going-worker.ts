import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import type { Config } from '../../../src/service/config/schema.js';
import { createLog } from '../../../src/service/log.js';
import { gatherFromEvents } from '../../../src/service/model/gather-windows.js';
import type { RoleDeps, WorkerSummary } from '../../../src/service/run/role.js';
import { resolveRun } from '../../../src/service/run/run-settings.js';
import { toCreate } from '../../../src/service/topics/check-topics.js';
import { planTopics } from '../../../src/service/topics/plan-topics.js';
import { topicOf } from '../../../src/service/topics/topic-name.js';
import { runWorkerFromConfig } from '../../../src/service/worker/worker-from-config.js';
import { toModelTopicRecords } from '../../../src/train/model-topic.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import type { TrainingResult } from '../../../src/train/training-job.js';
import { openKafka } from '../../../src/transport/kafka/kafka-connection.js';
import { ensureTopics } from '../../../src/transport/kafka/topics.js';
import { pipelineConfig, toConfig } from './pipeline-config.js';
import { openTestTopic } from './topic.js';

/** A worker that is going on, and how to stop it in order. */
export interface GoingWorker {
  /** Rejects when the worker fails, and never resolves while it goes on. */
  readonly ended: Promise<WorkerSummary>;
  /** Fails with the worker. */
  until(isDone: () => boolean): Promise<void>;
  stop(): Promise<WorkerSummary>;
}

export function startWorker(config: Config): GoingWorker {
  const controller = new AbortController();
  const ended = runWorkerFromConfig(config, testDeps(controller.signal));
  ended.catch(() => {}); // whoever waits for it hears of it
  return {
    ended,
    async until(isDone) {
      while (!isDone()) await Promise.race([sleep(100), ended]);
    },
    stop() {
      controller.abort();
      return ended;
    },
  };
}

export function testDeps(signal: AbortSignal = new AbortController().signal): RoleDeps {
  return {
    signal,
    clock: { now: Date.now },
    log: createLog({ level: 'warn', format: 'text', write: (line) => process.stderr.write(line) }),
    progress: () => {},
  };
}

/** Creates all topics that the config plans. */
export async function createPlannedTopics(config: Config, inputPartitions: number): Promise<void> {
  const kafka = await openKafka({ brokers: config.input.kafka!.brokers });
  await ensureTopics(kafka, toCreate(planTopics(config), inputPartitions));
}

/** Trains a model on the windows of the records, as the config says. */
export async function trainModel(config: Config, number: number, records: readonly Message[]): Promise<TrainingResult> {
  const folder = await mkdtemp(join(tmpdir(), 'segtide-model-'));
  try {
    const path = join(folder, 'events.ndjson');
    await writeFile(path, records.map(({ value }) => `${value}\n`).join(''));
    const input = toConfig(pipelineConfig({ paths: [path] }, {}));
    const { reservoir } = await gatherFromEvents(input, { ...testDeps(), onProgress: () => {} });
    return await runTrainingJob({
      ...{ number, seed: number, reservoir, champion: undefined, fresh: true, nextSegmentNumber: 1 },
      reasons: ['a test'],
      settings: resolveRun(config).segmentation.trainer.model,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Puts a model into the topic of models, as a trainer does. */
export async function publishModel(config: Config, { modelVersion, artifact }: TrainingResult): Promise<void> {
  const record = { kind: 'model', modelVersion, artifact, previousVersion: null } as const;
  const topic = openTestTopic([...config.input.kafka!.brokers], topicOf(config.output, 'models'));
  await topic.produce(toModelTopicRecords(record));
}
