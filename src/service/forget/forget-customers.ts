import { SegtideError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { describeTopics } from '../../transport/kafka/describe-topics.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { createKafkaProducer, type OutgoingRecord } from '../../transport/kafka/kafka-producer.js';
import type { Config } from '../config/schema.js';
import { toConnection } from '../run/to-connection.js';
import { topicOf } from '../topics/topic-name.js';

/** What was asked of whom. */
export interface ForgetSummary {
  readonly customers: number;
  /** Topic of the requests. */
  readonly topic: string;
  readonly partitions: number;
}

/**
 * Asks the workers to forget customers: each request goes to every partition, since only producers know by which hash
 * customers are dealt out. Resolves when all in-sync replicas have all requests; to ask again does no harm.
 *
 * @param customerIds without duplicates
 * @throws SegtideError `output` when the topic of the requests is missing; `transport` when they may not be there
 */
export async function forgetCustomers(
  { input, output }: Config,
  customerIds: readonly string[],
  clock: Clock,
): Promise<ForgetSummary> {
  const connection = await toConnection(input.kafka!, clock);
  const topic = topicOf(output, 'forget-requests');
  const [found] = await describeTopics(await openKafka(connection), [topic]);
  if (found === undefined) {
    throw new SegtideError(
      'output',
      `the topic ${topic} does not exist, or this client may not see it: workers read requests from it. Create it with \`segtide topics create\``,
      { context: { topic } },
    );
  }
  const value = JSON.stringify({ requestedAt: clock.now() });
  const producer = await createKafkaProducer(connection);
  try {
    let waiting: OutgoingRecord[] = [];
    for (const key of customerIds) {
      for (let partition = 0; partition < found.partitions; partition++) waiting.push({ key, value, partition });
      if (waiting.length < REQUEST_RECORDS) continue;
      await producer.send(topic, waiting);
      waiting = [];
    }
    if (waiting.length > 0) await producer.send(topic, waiting);
  } finally {
    await producer.close();
  }
  return { customers: customerIds.length, topic, partitions: found.partitions };
}

/** Sent at once, about. */
const REQUEST_RECORDS = 2000;
