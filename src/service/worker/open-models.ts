import type { Kafka } from 'kafkajs';
import type { ModelSettings } from '../../train/training-job.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import { describeTopic } from '../../transport/kafka/topics.js';
import type { Config } from '../config/schema.js';
import type { RoleDeps } from '../run/role.js';
import { topicOf } from '../topics/topic-name.js';
import { checkStoredState } from './check-stored-state.js';
import { createModelFeed, type ModelFeed } from './model-feed.js';
import type { PartitionWorkerOptions } from './partition-worker.js';

/** What the topics hold must go with the settings of a worker before it joins the others. */
export async function openModels(
  kafka: Kafka,
  reader: TopicReader,
  { output }: Config,
  model: ModelSettings,
  own: Pick<PartitionWorkerOptions, 'identity' | 'partitions'>,
  { log }: RoleDeps,
): Promise<ModelFeed> {
  const topic = topicOf(output, 'models');
  await checkStoredState(kafka, reader, topicOf(output, 'state'), own);
  return createModelFeed({
    reader,
    topic,
    model,
    last: await lastRecord(kafka, topic),
    onProblem: ({ modelVersion, why }) =>
      log.warn(`model ${modelVersion ?? ''} can't be used, the one before stays: ${why}`),
  });
}

/** Offset of the topic's last record, which the mark of its transaction follows; undefined where there is none. */
async function lastRecord(kafka: Kafka, topic: string): Promise<bigint | undefined> {
  const [range] = await describeTopic(kafka, topic);
  return range!.high - range!.low > 1n ? range!.high - 2n : undefined;
}
