// A program to be killed: copies usage events from one topic to another, a flush and a commit after each batch.
import { LATE } from '../../../src/publish/output.js';
import { createKafkaProducer } from '../../../src/transport/kafka/kafka-producer.js';
import { createKafkaSink } from '../../../src/transport/kafka/kafka-sink.js';
import { openUsageSource } from './usage.js';

const [brokers, from, to] = process.argv.slice(2) as [string, string, string];
const connection = { brokers: brokers.split(',') };
const source = await openUsageSource({
  ...connection,
  topic: from,
  groupId: 'copy',
  maxBatchBytes: 20_000,
  sessionTimeoutMs: 6000,
  heartbeatIntervalMs: 500,
});
const producer = await createKafkaProducer(connection);
const sink = await createKafkaSink(producer, { topic: to, output: LATE });
for (let batch = await source.pull(); batch !== undefined; batch = await source.pull()) {
  for (let i = 0; i < batch.length; i++) {
    const row = batch.values[i]!;
    const { [i]: eventTime = 0 } = batch.eventTimes;
    await sink.write([{ customerId: 'any', eventTime, values: [], watermark: 0, source: from, row, offset: 0 }]);
  }
  await sink.flush();
  await source.commit();
  if (batch.length > 0) process.stdout.write(`${batch.length}\n`);
}
