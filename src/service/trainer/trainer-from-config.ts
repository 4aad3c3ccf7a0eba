import { randomUUID } from 'node:crypto';
import { tryEncoderFile } from '../../encode/check-encoder-file.js';
import { createGroupReader } from '../../transport/kafka/group-reader.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { createStateStore } from '../../transport/kafka/kafka-state-store.js';
import { lookAtState } from '../../transport/kafka/look-at-state.js';
import { createTopicReader } from '../../transport/kafka/topic-reader.js';
import type { Config } from '../config/schema.js';
import { readModelTopic } from '../models/read-model-topic.js';
import { flushedBefore, openPluginSinks } from '../plugin-sinks.js';
import { createRecordBuffer } from '../record-buffer.js';
import { checkEngine } from '../run/check-engine.js';
import { checkPlugins } from '../run/check-plugins.js';
import { closeWithin } from '../run/close-within.js';
import { findSchemaIds } from '../run/find-schema-ids.js';
import { createOpenParts } from '../run/open-parts.js';
import { readInitialModel } from '../run/read-initial-model.js';
import type { RoleDeps, TrainerSummary } from '../run/role.js';
import { resolveRun } from '../run/run-settings.js';
import { servePartitions } from '../run/serve-partitions.js';
import { tellUnmeasured } from '../run/tell-lost-windows.js';
import { tellOutages } from '../run/tell-outages.js';
import { toConnection } from '../run/to-connection.js';
import { outputsOfRole, writtenOutputs } from '../run/written-outputs.js';
import { checkTopics } from '../topics/check-topics.js';
import { trainerGroup, trainerTransactionalId } from '../topics/client-names.js';
import { topicsOf } from '../topics/plan-acls.js';
import { planTopics } from '../topics/plan-topics.js';
import { type TopicName, topicOf } from '../topics/topic-name.js';
import { tracedTrainer } from '../trace/trace-trainer.js';
import { checkStoredTrainer } from './check-stored-trainer.js';
import { runTrainer, type TrainerRoleParts } from './run-trainer.js';

/**
 * Runs a trainer as a config says, until it is told to stop: the active one, or one that stands by.
 *
 * @throws SegtideError what the trainer can't go on from; its process is to end
 */
export async function runTrainerFromConfig(config: Config, deps: RoleDeps): Promise<TrainerSummary> {
  const { input, output, delivery } = config;
  const { clock, log, signal } = deps;
  const observer = deps.observer?.trainer();
  const observed = (parts: TrainerRoleParts) => tracedTrainer(observer?.observe(parts) ?? parts);
  const kafkaInput = input.kafka!;
  const { segmentation } = resolveRun(config);
  const startedAt = clock.now();
  const connection = await toConnection(kafkaInput, clock);
  const kafka = await openKafka(connection);
  const topic = (name: TopicName): string => topicOf(output, name);

  // None of its topics has as many partitions as the input, which it may not even see.
  const plan = topicsOf(planTopics(config), ['trainer']);
  await checkTopics(kafka, plan, { inputPartitions: undefined, create: output.createTopics });
  const schemaIds = await findSchemaIds(config, writtenOutputs(config));
  // One that stands by must not learn that it is set up wrongly when it is needed.
  const { encoder, series } = segmentation.trainer.model;
  await checkEngine(encoder.engine);
  await tryEncoderFile(encoder, series);
  await checkPlugins(config);
  const { initial } = config.model;
  const initialModel = initial === undefined ? undefined : await readInitialModel(initial, segmentation.trainer.model);

  // A group of its own, and with it a prefix for what its members are allowed.
  const groupId = trainerGroup(kafkaInput.groupId);
  const summary = { windows: 0, published: [] as string[], trainings: 0 };
  let standsBy = false;
  const open = createOpenParts(log);
  try {
    const reader = open.add(
      await createTopicReader(kafka, {
        groupId,
        topics: [topic('trainer-state'), topic('models')],
        newId: randomUUID,
      }),
    );
    const plugins = open.add(await openPluginSinks(config, outputsOfRole('trainer', config)));
    const stored = await lookAtState(kafka, reader, topic('trainer-state'), 0);
    if (stored?.checkpoint !== undefined) checkStoredTrainer(segmentation.trainer, stored.checkpoint);
    const group = open.add(
      await createGroupReader(
        {
          ...connection,
          groupId,
          topics: [topic('statistics'), topic('samples'), topic('model-requests')],
          startAt: 'earliest',
          // What workers taught while no trainer was there for longer than the topics keep it: the model lives on without.
          outOfRange: 'earliest',
          // Lessons are few and large, and samples are to come with the statistics that belong to them.
          fetchBytes: 8 * 1024 * 1024,
          sessionTimeoutMs: kafkaInput.sessionTimeout,
          heartbeatIntervalMs: Math.max(1, Math.floor(Math.min(3000, kafkaInput.sessionTimeout / 10))),
          outageMs: delivery.outage,
          stallMs: Math.max(delivery.stall, delivery.outage + 1000),
        },
        {
          ...tellOutages(log),
          onLost: (lost) => log.warn('records that were not read are gone', { ...lost }),
          onIdle() {
            // Each rebalance of the group tells it.
            if (!standsBy) log.info('standing by: another trainer is active');
            standsBy = true;
            observer?.idle();
          },
        },
      ),
    );
    closeWithin(STOP_MS, signal, group);
    await servePartitions(
      group,
      async (partition, ending) => {
        standsBy = false;
        log.info('active trainer');
        let known = { windows: 0, outcomes: 0 };
        await runTrainer(
          {
            settings: segmentation.trainer,
            topics: {
              samples: topic('samples'),
              statistics: topic('statistics'),
              models: topic('models'),
              requests: topic('model-requests'),
            },
          },
          observed({
            partition,
            store: flushedBefore(
              plugins,
              createStateStore(kafka, {
                reader,
                compression: output.compression,
                stateTopic: topic('trainer-state'),
                statePartition: 0,
                transactionalId: trainerTransactionalId(output.topicPrefix),
                groupId,
                partition: partition.partition,
                outageMs: delivery.outage,
                clock,
                newId: randomUUID,
                onTrimFailed: (error) =>
                  log.debug(`old state could not be removed, and takes room until it is compacted: ${error.message}`),
              }),
            ),
            records: createRecordBuffer({
              topicOf: (name) => topic(name as TopicName),
              format: output.format,
              schemaIds,
              plugins,
            }),
            clock,
            readModels: () => readModelTopic(kafka, reader, topic('models')),
            onTooManyLabels: (text) => log.warn(text),
            onStatisticFailure: tellUnmeasured(log),
            onModelLost: (text) => log.warn(`the file of a model was lost: ${text}`),
            isStopped: () => ending.aborted,
            onRefused: ({ kind, topic: from, offset }, error) =>
              log.warn(`a ${kind} can't be used and is passed over: ${error.message}`, {
                topic: from,
                offset: String(offset),
              }),
            onFailure: ({ modelVersion, why }) => log.warn(`${modelVersion}: ${why.join('; ')}`),
            initialModel,
            onStart: ({ windows, outcomes }) => {
              known = { windows, outcomes: outcomes.length };
            },
            onCommit: ({ windows, outcomes }) => {
              for (const { modelVersion, promoted, why } of outcomes.slice(known.outcomes)) {
                log.info(promoted ? 'model published' : 'model refused', { modelVersion, why: why.join('; ') });
                summary.trainings++;
                if (promoted) summary.published.push(modelVersion);
              }
              summary.windows += windows - known.windows;
              known = { windows, outcomes: outcomes.length };
            },
            onProgress: (number, { updates, of }) =>
              deps.progress({
                phase: updates < of ? `training v${number}` : 'trainer',
                ...(updates < of && { done: updates / of }),
                windows: summary.windows,
                watermark: Number.NEGATIVE_INFINITY,
                modelVersion: summary.published.at(-1) ?? null,
              }),
          }),
        );
      },
      { signal, onFenced: () => log.warn('another trainer has taken over') },
    );
    return { role: 'trainer', seconds: (clock.now() - startedAt) / 1000, ...summary };
  } finally {
    observer?.close();
    await open.close();
  }
}

/** A stop waits so long for the last commit; while brokers are away, it is left to the next owner. In ms. */
const STOP_MS = 8000;
