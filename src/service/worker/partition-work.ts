import type { Kafka } from 'kafkajs';
import type { AlertRules } from '../../anomaly/alert-rules.js';
import type { PluginEncoders } from '../../encode/plugin-encoders.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { GroupReader } from '../../transport/kafka/group-reader.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import { createIntervalLearner } from '../../worker/interval-learner.js';
import type { Config } from '../config/schema.js';
import { flushedBefore, type PluginSinks } from '../plugin-sinks.js';
import type { Values } from '../run/open-values.js';
import type { RoleDeps } from '../run/role.js';
import type { RunSettings } from '../run/run-settings.js';
import { writtenOutputs } from '../run/written-outputs.js';
import { topicsOf } from '../topics/plan-acls.js';
import { planTopics } from '../topics/plan-topics.js';
import { type TopicName, topicOf } from '../topics/topic-name.js';
import { toForgottenRecords } from './forgotten-records.js';
import { toLessonRecords } from './lesson-records.js';
import type { ModelFeed } from './model-feed.js';
import { openStore } from './open-store.js';
import { createOutputBuffer } from './output-buffer.js';
import { type PartitionWorkerOptions, type PartitionWorkerParts, runPartition } from './partition-worker.js';
import type { WorkerProgress } from './worker-progress.js';

/** What a worker has open for all of its partitions. */
export interface WorkerParts {
  readonly kafka: Kafka;
  readonly reader: TopicReader;
  readonly group: GroupReader;
  readonly models: ModelFeed;
  readonly values: Values;
  readonly plugins: PluginSinks;
  readonly encoders: PluginEncoders;
  readonly rules: AlertRules;
  readonly progress: WorkerProgress;
  /** Of the schemas of outputs, by name. */
  readonly schemaIds: ReadonlyMap<string, number>;
  /** Partitions of each input topic. */
  readonly partitions: number;
  readonly partitionOf: (customerId: string) => number;
  readonly observed: (parts: PartitionWorkerParts) => PartitionWorkerParts;
}

/** Works on a partition until it is revoked or the process is to end. */
export type PartitionWork = (partition: AssignedPartition, ending: AbortSignal) => Promise<void>;

/** @returns what works on any partition that this worker is assigned */
export function createPartitionWork(
  config: Config,
  settings: RunSettings,
  deps: RoleDeps,
  worker: WorkerParts,
): PartitionWork {
  const { clock, log } = deps;
  const options = optionsOf(config, settings, worker.partitions);
  return async (partition, ending) => {
    const { partition: number } = partition;
    log.info('partition assigned', { partition: number });
    // At a stop it keeps them to its end.
    partition.signal.addEventListener('abort', () => {
      if (!ending.aborted) log.info('partition revoked', { partition: number });
    });
    const assigned = worker.progress.assign(partition);
    const { kafka, reader, group, plugins } = worker;
    const parts = worker.observed({
      partition,
      isStopped: () => ending.aborted,
      store: flushedBefore(plugins, openStore(config, kafka, reader, group, partition, deps)),
      ...(await openOwn(config, worker)),
      ...toInnerTopics(config, settings, worker, number),
      models: () => worker.models.current(),
      onModelRefused: (record, error) =>
        log.warn(`a model can't be used, the one before stays: ${error.message}`, { kind: record.kind }),
      openEncoder: worker.encoders.open,
      rules: worker.rules,
      clock,
      onRestored: (restored) => log.info('restored', { partition: number, ...restored }),
      onPage: assigned,
    });
    await runPartition(options, parts);
  };
}

function optionsOf(
  { input, output, delivery }: Config,
  { stages, segmentation, windowIdentity }: RunSettings,
  partitions: number,
): PartitionWorkerOptions {
  return {
    segmentation,
    identity: windowIdentity,
    partitions,
    forgetTopic: topicOf(output, 'forget-requests'),
    keyed: partitions > 1 && input.keyed === 'verify' ? 'verify' : 'trust',
    maxBatchBytes: BATCH_BYTES,
    idleMs: input.kafka!.pollTimeout,
    topicIdleMs: stages.window.idleTimeoutMs,
    maxAheadMs: stages.window.maxFutureMs,
    commitEveryMs: delivery.commitEvery,
    maxCommitBytes: COMMIT_BYTES,
    checkpointRecords: delivery.checkpointRecords,
    checkpointEveryMs: delivery.checkpointEvery,
  };
}

/** A batch is parsed and windowed in one go; heartbeats wait as long. */
const BATCH_BYTES = 262_144;
/** Of outputs in one commit, about: they are in memory until then. */
const COMMIT_BYTES = 4 * 1024 * 1024;

/** What each partition has of its own. */
async function openOwn(
  config: Config,
  { values, plugins, schemaIds }: WorkerParts,
): Promise<Pick<PartitionWorkerParts, 'values' | 'outputs'>> {
  const { output } = config;
  return {
    values: await values.create(),
    outputs: await createOutputBuffer({
      topicOf: (name) => topicOf(output, name as TopicName),
      format: output.format,
      schemaIds,
      plugins,
      embeddings: output.embeddings.enabled,
      alerts: writtenOutputs(config).includes('alerts'),
    }),
  };
}

/** What a partition tells trainers and other partitions. */
function toInnerTopics(
  config: Config,
  { segmentation: { trainer } }: RunSettings,
  { partitionOf }: WorkerParts,
  partition: number,
): Pick<PartitionWorkerParts, 'createLearner' | 'toRecords' | 'toForgotten'> {
  const { output, delivery } = config;
  const { series } = trainer.model;
  const planned = topicsOf(planTopics(config), ['worker']).filter(({ name }) => CUSTOMER_TOPICS.includes(name));
  const topics = planned.map(({ topic }) => topic);
  return {
    createLearner: (sequence) =>
      createIntervalLearner({
        partition,
        sequence,
        quota: delivery.sampleWindows,
        steps: series.windowSteps,
        channels: series.channels,
        seed: trainer.seed,
        halfLifeMs: trainer.reservoir.halfLifeMs,
        floor: trainer.reservoir.floor,
      }),
    toRecords: (lessons) =>
      toLessonRecords(lessons, { samples: topicOf(output, 'samples'), statistics: topicOf(output, 'statistics') }),
    toForgotten: (customerId, isKnown) =>
      toForgottenRecords(customerId, { topics, isKnown, isHome: partitionOf(customerId) === partition }),
  };
}

/** Topics whose records are keyed by the customer; by the last the trainer learns whom to forget. */
const CUSTOMER_TOPICS: readonly TopicName[] = ['assignments', 'transitions', 'embeddings', 'alerts', 'late', 'samples'];
