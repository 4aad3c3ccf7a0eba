import { type Admin, Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { KAFKA_RETRY } from '../../../src/transport/kafka/kafka-connection.js';
import { ensureTopics } from '../../../src/transport/kafka/topics.js';

let topics = 0;

/** A topic of a test's own, and what a test does with it from outside. */
export interface TestTopic {
  readonly topic: string;
  readonly kafka: Kafka;
  produce(records: readonly Message[]): Promise<void>;
  /** All records, partition by partition, in the order of their offsets. */
  read(count: number): Promise<{ key: string | null; value: Buffer | null; partition: number; offset: number }[]>;
  /** Next offsets that a group has committed, by partition. */
  committed(groupId: string): Promise<Record<number, number>>;
}

export async function createTestTopic(brokers: string[], partitions = 1): Promise<TestTopic> {
  const topic = `test-${process.pid}-${topics++}`;
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: KAFKA_RETRY });
  await ensureTopics(kafka, [{ topic, partitions }]);
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
      const records: { key: string | null; value: Buffer | null; partition: number; offset: number }[] = [];
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await new Promise<void>((resolve) => {
        if (count === 0) resolve();
        void consumer.run({
          autoCommit: false,
          eachMessage: async ({ partition, message }) => {
            const key = message.key === null ? null : message.key.toString();
            records.push({ key, value: message.value, partition, offset: Number(message.offset) });
            if (records.length === count) resolve();
          },
        });
      });
      await consumer.disconnect();
      return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    },
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
