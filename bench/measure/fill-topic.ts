import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Kafka, type Message, Partitioners } from 'kafkajs';
import { ensureTopics } from '../../src/transport/kafka/topics.js';

const PARTITIONS = 8;
const DAY_MS = 86_400_000;
/** Past the end of the last day: beyond any out-of-orderness, and not so far that others drop windows as expired. */
const CLOSING_MS = 6 * 60_000;
/** kafkajs's cost grows with the square of the records of one partition in a request. */
const REQUEST = 1000 * PARTITIONS;

/**
 * Makes a topic of 8 partitions with the lines of a file, keyed by customer, and a last record in each partition that
 * closes all windows. Answers how many records it has.
 */
export async function fillTopic(kafka: Kafka, topic: string, data: string, most = Infinity): Promise<number> {
  await ensureTopics(kafka, [{ topic, partitions: PARTITIONS }]);
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  let messages: Message[] = [];
  let count = 0;
  let latest = 0;
  const send = async (): Promise<void> => {
    await producer.send({ topic, messages });
    messages = [];
  };
  for await (const line of createInterface({ input: createReadStream(data) })) {
    const { customerId, timestamp } = JSON.parse(line);
    latest = Math.max(latest, timestamp);
    messages.push({ key: customerId, value: line });
    if (messages.length === REQUEST) await send();
    if (++count === most) break;
  }
  const timestamp = (Math.floor(latest / DAY_MS) + 1) * DAY_MS + CLOSING_MS;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const customerId = `closing-${partition}`;
    messages.push({ key: customerId, value: JSON.stringify({ customerId, timestamp, value: 1 }), partition });
  }
  await send();
  await producer.disconnect();
  return count + PARTITIONS;
}
