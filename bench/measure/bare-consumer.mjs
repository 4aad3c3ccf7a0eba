// Reads a topic to its end with kafkajs and does nothing with it.
//
//   node bench/measure/bare-consumer.mjs BROKER TOPIC RECORDS
import { Kafka, logLevel } from 'kafkajs';

const [broker, topic, records] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `bare-${process.pid}`, maxWaitTimeInMs: 200 });
let left = Number(records);
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    left -= batch.messages.length;
    if (left <= 0) process.exit();
  },
});
