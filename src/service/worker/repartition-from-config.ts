import type { Kafka } from 'kafkajs';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import { createGroupReader, type GroupReader } from '../../transport/kafka/group-reader.js';
import type { KafkaConnectionOptions } from '../../transport/kafka/kafka-connection.js';
import { openPlainWriter } from '../../transport/kafka/plain-writer.js';
import { committedOffsets } from '../../transport/kafka/topics.js';
import { openTransactionalWriter } from '../../transport/kafka/transactional-writer.js';
import type { Config } from '../config/schema.js';
import { createRecordBuffer } from '../record-buffer.js';
import { groupSettings } from '../run/group-settings.js';
import type { Values } from '../run/open-values.js';
import type { RoleDeps } from '../run/role.js';
import { runTogether } from '../run/run-together.js';
import { servePartitions } from '../run/serve-partitions.js';
import { tellOutages } from '../run/tell-outages.js';
import { repartitionGroup, repartitionTransactionalIds } from '../topics/client-names.js';
import { type TopicName, topicOf } from '../topics/topic-name.js';
import { type CopyWriter, repartitionPartition } from './repartition-partition.js';

export interface RepartitionDeps extends RoleDeps {
  readonly connection: KafkaConnectionOptions;
  readonly kafka: Kafka;
  readonly values: Values;
  readonly schemaIds: ReadonlyMap<string, number>;
}

/**
 * Copies input topics, however keyed and with any number of partitions, to the topic that workers read then, until it is
 * told to stop. Each topic has a consumer group of its own, so that its partitions are dealt out by themselves.
 *
 * @throws SegtideError what the copying can't go on from; its process is to end
 */
export async function repartitionFromConfig(
  config: Config,
  topics: readonly string[],
  deps: RepartitionDeps,
): Promise<void> {
  await runTogether(
    deps.signal,
    topics.map((topic) => (signal) => copyTopic(config, topic, { ...deps, signal })),
  );
}

async function copyTopic(config: Config, topic: string, deps: RepartitionDeps): Promise<void> {
  const { input, output, delivery } = config;
  const { connection, kafka, clock, log, signal, schemaIds, values } = deps;
  const groupId = repartitionGroup(input.kafka!.groupId, topic);
  const group = await createGroupReader(
    { ...connection, ...groupSettings(config), groupId, topics: [topic], startAt: input.kafka!.startAt },
    { ...tellOutages(log), onLost: (lost) => log.warn('records that were not read are gone', { ...lost }) },
  );
  try {
    await servePartitions(
      group,
      async (partition, ending) =>
        repartitionPartition(
          {
            to: topicOf(output, 'repartitioned'),
            commitEveryMs: delivery.commitEvery,
            outageMs: delivery.outage,
          },
          {
            partition,
            openWriter: () => openWriter(config, topic, partition, group, deps),
            committed: async () => (await committedOffsets(kafka, groupId, topic)).get(partition.partition),
            values: await values.create(),
            outputs: createRecordBuffer({
              topicOf: (name) => topicOf(output, name as TopicName),
              format: output.format,
              schemaIds,
            }),
            clock,
            isStopped: () => ending.aborted,
          },
        ),
      {
        signal,
        onFenced: ({ partition }) => log.warn(`another process has taken over copying ${topic}/${partition}`),
      },
    );
  } finally {
    await group.close();
  }
}

async function openWriter(
  { input, output, delivery }: Config,
  topic: string,
  assigned: AssignedPartition,
  group: GroupReader,
  { kafka, clock }: RepartitionDeps,
): Promise<CopyWriter> {
  const { partition } = assigned;
  const { groupId } = input.kafka!;
  // No state but the offsets of the group.
  const options = { stateTopic: topic, statePartition: partition, compression: output.compression };
  if (delivery.guarantee === 'at-least-once') {
    const writer = await openPlainWriter(kafka, options);
    return {
      async write(outputs, next) {
        await writer.write(outputs, [], new Map());
        await group.commit(assigned, new Map([[topic, next]]));
      },
      close: () => writer.close(),
    };
  }
  const writer = await openTransactionalWriter(kafka, {
    ...options,
    ...{ partition, clock, groupId: repartitionGroup(groupId, topic) },
    transactionalId: `${repartitionTransactionalIds(output.topicPrefix)}${topic}-${partition}`,
  });
  // An empty transaction: it ends what a former writer has begun.
  try {
    await writer.write(new Map(), [], new Map());
  } catch (error) {
    await writer.close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
  return {
    async write(outputs, next) {
      await writer.write(outputs, [], new Map([[topic, next]]));
    },
    close: () => writer.close(),
  };
}
