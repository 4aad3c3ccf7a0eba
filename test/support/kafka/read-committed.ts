import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { KAFKA_RETRY } from '../../../src/transport/kafka/kafka-connection.js';
import { hidingAborted } from './hide-aborted.js';

export interface CommittedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer | null;
}

/** An ordinary consumer of committed records, from the oldest on. */
export interface CommittedRecords {
  readonly records: readonly CommittedRecord[];
  /** Resolves when no record has come for so long. */
  quiet(ms?: number): Promise<void>;
  close(): Promise<void>;
}

let readers = 0;

export async function readCommitted(brokers: string[], ...topics: string[]): Promise<CommittedRecords> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: KAFKA_RETRY });
  const consumer = kafka.consumer({
    groupId: `test-reader-${process.pid}-${readers++}`,
    // kafkajs by itself hands aborted records over where transactions overlap.
    partitionAssigners: [hidingAborted],
    maxWaitTimeInMs: 100,
  });
  const records: CommittedRecord[] = [];
  let lastAt = Date.now();
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message: { key, value, offset } }) => {
      lastAt = Date.now();
      records.push({ topic, partition, offset: Number(offset), key: key === null ? null : key.toString(), value });
    },
  });
  return {
    records,
    async quiet(ms = 1500) {
      while (Date.now() - lastAt < ms) await sleep(100);
    },
    close: () => consumer.disconnect(),
  };
}
