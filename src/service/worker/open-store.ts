import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { GroupReader } from '../../transport/kafka/group-reader.js';
import { createStateStore } from '../../transport/kafka/kafka-state-store.js';
import { createPlainStateStore } from '../../transport/kafka/plain-state-store.js';
import type { StateStore } from '../../transport/kafka/state-store.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import type { Config } from '../config/schema.js';
import type { RoleDeps } from '../run/role.js';
import { workerTransactionalIds } from '../topics/client-names.js';
import { topicOf } from '../topics/topic-name.js';

/** State and outputs of one partition, with the guarantee that the config asks for. */
export function openStore(
  { input, output, delivery }: Config,
  kafka: Kafka,
  reader: TopicReader,
  group: GroupReader,
  partition: AssignedPartition,
  { clock, log }: RoleDeps,
): StateStore {
  const options = {
    reader,
    compression: output.compression,
    stateTopic: topicOf(output, 'state'),
    statePartition: partition.partition,
    outageMs: delivery.outage,
    clock,
    newId: randomUUID,
    onTrimFailed: (error: Error) =>
      log.debug(`old state could not be removed, and takes room until it is compacted: ${error.message}`),
  };
  if (delivery.guarantee === 'at-least-once') {
    return createPlainStateStore(kafka, {
      ...options,
      commitOffsets: (offsets) => group.commit(partition, offsets),
    });
  }
  const { groupId } = input.kafka!;
  return createStateStore(kafka, {
    ...options,
    transactionalId: `${workerTransactionalIds(output.topicPrefix)}${partition.partition}`,
    groupId,
    partition: partition.partition,
  });
}
