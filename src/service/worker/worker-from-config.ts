import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { openAlertRules } from '../../anomaly/alert-rules.js';
import { createEncoders } from '../../encode/threads/create-encoders.js';
import { describeTopics, type ExistingTopic } from '../../transport/kafka/describe-topics.js';
import { createGroupReader } from '../../transport/kafka/group-reader.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { createKeyPartition } from '../../transport/kafka/key-partition.js';
import { topicEnds } from '../../transport/kafka/topic-ends.js';
import { createTopicReader } from '../../transport/kafka/topic-reader.js';
import type { Config } from '../config/schema.js';
import { openPluginSinks } from '../plugin-sinks.js';
import { checkEncoderRuntime } from '../run/check-encoder-runtime.js';
import { checkEngine } from '../run/check-engine.js';
import { checkPlugins } from '../run/check-plugins.js';
import { closeWithin } from '../run/close-within.js';
import { findSchemaIds } from '../run/find-schema-ids.js';
import { groupSettings } from '../run/group-settings.js';
import { createOpenParts } from '../run/open-parts.js';
import { openValues } from '../run/open-values.js';
import type { RoleDeps, WorkerSummary } from '../run/role.js';
import { resolveRun } from '../run/run-settings.js';
import { runTogether } from '../run/run-together.js';
import { servePartitions } from '../run/serve-partitions.js';
import { tellUnembedded, tellUnjudged } from '../run/tell-lost-windows.js';
import { tellOutages } from '../run/tell-outages.js';
import { toConnection } from '../run/to-connection.js';
import { outputsOfRole, writtenOutputs } from '../run/written-outputs.js';
import { checkTopics } from '../topics/check-topics.js';
import { findInputTopics, partitionsOf } from '../topics/input-topics.js';
import { topicsOf } from '../topics/plan-acls.js';
import { planTopics } from '../topics/plan-topics.js';
import { type TopicName, topicOf } from '../topics/topic-name.js';
import { tracedWorker } from '../trace/trace-worker.js';
import { asAtStart } from './as-at-start.js';
import { openModels } from './open-models.js';
import { createPartitionWork } from './partition-work.js';
import { repartitionFromConfig } from './repartition-from-config.js';
import { createWorkerProgress } from './worker-progress.js';

/**
 * Runs a worker as a config says, until it is told to stop.
 *
 * @throws SegtideError what the worker can't go on from; its process is to end
 */
export async function runWorkerFromConfig(config: Config, deps: RoleDeps): Promise<WorkerSummary> {
  const { input, output, run } = config;
  const { clock, log, signal } = deps;
  const observer = deps.observer?.worker();
  const kafkaInput = input.kafka!;
  const { groupId } = kafkaInput;
  const settings = resolveRun(config);
  const { stages, segmentation } = settings;
  const startedAt = clock.now();
  const connection = await toConnection(kafkaInput, clock);
  const kafka = await openKafka(connection);
  const topic = (name: TopicName): string => topicOf(output, name);

  // What the worker needs must be there before it joins the group.
  const isRepartitioned = input.keyed === 'repartition';
  const plan = topicsOf(planTopics(config), ['worker']);
  const findInputs = () => findInputTopics(kafka, { topics: kafkaInput.topics, keyed: input.keyed });
  const checkOwn = async (found: readonly ExistingTopic[], create: boolean): Promise<number> => {
    // The topic of copies keeps the number that it was made with.
    const wanted = (isRepartitioned && (await existing(kafka, topic('repartitioned')))) || partitionsOf(found);
    await checkTopics(kafka, plan, { inputPartitions: wanted, create });
    return wanted;
  };
  const inputs = await findInputs();
  const partitions = await checkOwn(inputs, output.createTopics);
  const schemaIds = await findSchemaIds(config, writtenOutputs(config));
  await checkEngine(segmentation.trainer.model.encoder.engine);
  await checkPlugins(config);
  await checkEncoderRuntime(config);
  const inputTopics = inputs.map((found) => found.topic);
  const topics = [...(isRepartitioned ? [topic('repartitioned')] : inputTopics), topic('forget-requests')];
  const open = createOpenParts(log);
  try {
    const reader = open.add(
      await createTopicReader(kafka, { groupId, topics: [topic('models'), topic('state')], newId: randomUUID }),
    );
    const own = { identity: settings.windowIdentity, partitions };
    const models = open.add(await openModels(kafka, reader, config, segmentation.trainer.model, own, deps));
    const values = open.add(await openValues(kafkaInput, stages.ingest, clock));
    const plugins = open.add(await openPluginSinks(config, outputsOfRole('worker', config)));
    const encoders = open.add(
      createEncoders(segmentation.trainer.model.encoder, {
        threads: run.encodeThreads,
        onFailure: tellUnembedded(log),
      }),
    );
    const rules = open.add(openAlertRules(segmentation.alerts?.settings.rules ?? [], tellUnjudged(log)));
    const progress = createWorkerProgress(config, deps, () => models.current());
    observer?.began({ ends: () => topicEnds(kafka, topics), models: () => models.current() });
    const group = open.add(
      await createGroupReader(
        {
          ...connection,
          ...groupSettings(config),
          groupId,
          topics,
          // Of copies every one is read, wherever copying began.
          startAt: isRepartitioned ? 'earliest' : kafkaInput.startAt,
        },
        {
          ...tellOutages(log),
          onLost: (lost) => log.warn('records that were not read are gone', { ...lost }),
          onIdle: () => observer?.idle(),
        },
      ),
    );
    closeWithin(STOP_MS, signal, group);
    const workOn = createPartitionWork(config, settings, deps, {
      ...{ kafka, reader, group, models, values, plugins, encoders, rules, progress, schemaIds, partitions },
      partitionOf: await createKeyPartition(partitions),
      observed: (parts) => tracedWorker(observer?.observe(parts) ?? parts),
    });
    const serve = (stop: AbortSignal): Promise<void> =>
      servePartitions(group, workOn, {
        signal: stop,
        onFenced: ({ partition }) => log.warn(`another process has taken over partition ${partition}`),
      });
    const copy = (stop: AbortSignal): Promise<void> =>
      repartitionFromConfig(config, inputTopics, { ...deps, signal: stop, connection, kafka, values, schemaIds });
    const follow = (stop: AbortSignal): Promise<void> => Promise.race([models.ended, aborted(stop)]);
    await runTogether(signal, isRepartitioned ? [serve, follow, copy] : [serve, follow]);
    return progress.summary((clock.now() - startedAt) / 1000);
  } catch (error) {
    throw await asAtStart(error, {
      before: inputs,
      isCopied: isRepartitioned,
      find: findInputs,
      check: (found) => checkOwn(found, false),
    });
  } finally {
    observer?.close();
    await open.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A stop waits so long for the last commit; while brokers are away, it is left to the next owner. In ms. */
const STOP_MS = 8000;
/** Partitions of a topic that may be there already; 0 where it is not. */
async function existing(kafka: Kafka, topic: string): Promise<number> {
  return (await describeTopics(kafka, [topic]))[0]?.partitions ?? 0;
}
