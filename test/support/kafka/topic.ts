import { type Admin, Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { KAFKA_RETRY } from '../../../src/transport/kafka/kafka-connection.js';
import { isRetriable } from '../../../src/transport/kafka/kafka-error.js';
import { ensureTopics } from '../../../src/transport/kafka/topics.js';

let topics = 0;

/** A topic of a test's own, and what a test does with it from outside. */
export interface TestTopic {
  readonly topic: string;
  readonly kafka: Kafka;
  produce(records: readonly Message[]): Promise<void>;
  /** So many records, partition by partition, in the order of their offsets. */
  read(count: number): Promise<ReadRecord[]>;
  /** Records on the topic now. */
  count(): Promise<number>;
  /** Next offsets that a group has committed, by partition. */
  committed(groupId: string): Promise<Record<number, number>>;
}

export interface ReadRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly partition: number;
  readonly offset: number;
  readonly headers: Readonly<Record<string, string>>;
}

export async function createTestTopic(brokers: string[], partitions = 1): Promise<TestTopic> {
  const topic = `test-${process.pid}-${topics++}`;
  const made = openTestTopic(brokers, topic);
  await ensureTopics(made.kafka, [{ topic, partitions }]);
  return made;
}

/** A topic that somebody else creates. */
export function openTestTopic(brokers: string[], topic: string): TestTopic {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: KAFKA_RETRY });
  return {
    topic,
    kafka,
    async produce(records) {
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      await producer.send({ topic, messages: [...records] });
      await producer.disconnect();
    },
    async read(count) {
      const consumer = kafka.consumer({ groupId: `${topic}-read-${topics++}`, maxWaitTimeInMs: 100 });
      const records: ReadRecord[] = [];
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await new Promise<void>((resolve) => {
        if (count === 0) resolve();
        void consumer.run({
          autoCommit: false,
          eachMessage: async ({ partition, message }) => {
            const key = message.key === null ? null : message.key.toString();
            const headers = Object.entries(message.headers ?? {}).map(([name, text]) => [name, String(text)]);
            const offset = Number(message.offset);
            records.push({ key, value: message.value, partition, offset, headers: Object.fromEntries(headers) });
            if (records.length === count) resolve();
          },
        });
      });
      await consumer.disconnect();
      return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    },
    count: () =>
      withAdmin(kafka, async (admin) => {
        if (!(await admin.listTopics()).includes(topic)) return 0;
        // Somebody may be creating it just now.
        const ranges = await admin.fetchTopicOffsets(topic).catch((error: unknown) => {
          if (isRetriable(error)) return [];
          throw error;
        });
        return ranges.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
      }),
    committed: (groupId) =>
      withAdmin(kafka, async (admin) => {
        const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
        return Object.fromEntries(offsets!.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      }),
  };
}

async function withAdmin<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
