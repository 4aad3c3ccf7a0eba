import * as z from 'zod';
import { INNER_TOPICS, OUTPUT_TOPICS, type TopicName } from '../../topics/topic-name.js';
import { topic } from '../kinds.js';

/** `output.topics`: names of single topics. */
export const topicNames = z
  .strictObject(
    Object.fromEntries([
      ...OUTPUT_TOPICS.map((name) => [name, named(`Topic of the output \`${name}\`.`)]),
      ...INNER_TOPICS.map((name) => [name, named(`Inner topic \`${name}\`.`)]),
    ]) as Record<TopicName, ReturnType<typeof named>>,
  )
  .prefault({})
  .describe('Kafka: names of single topics, where prefix and name will not do.');

function named(description: string) {
  return topic().exactOptional().describe(description);
}
