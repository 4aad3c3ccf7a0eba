import { SegtideError } from '../../errors.js';
import { describeTopics } from '../../transport/kafka/describe-topics.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { describeTopic } from '../../transport/kafka/topics.js';
import type { Config } from '../config/schema.js';
import { toConnection } from '../run/to-connection.js';
import { topicOf } from '../topics/topic-name.js';

/**
 * Refuses output topics that hold assignments: those of another replay would follow them, and nobody could tell them apart.
 *
 * @throws SegtideError `output` that names the topic
 */
export async function refuseUsedTopics({ input }: Config, output: Config['output']): Promise<void> {
  const kafka = await openKafka(await toConnection(output.kafka ?? input.kafka!));
  const topic = topicOf(output, 'assignments');
  if ((await describeTopics(kafka, [topic])).length === 0) return;
  const ranges = await describeTopic(kafka, topic);
  if (ranges.every(({ low, high }) => low === high)) return;
  const text = `the topic ${topic} holds records already; name another --topic-prefix, or write behind them by --force`;
  throw new SegtideError('output', text, { context: { topic } });
}
