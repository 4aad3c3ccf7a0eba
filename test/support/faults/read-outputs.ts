import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { hidingAborted } from '../kafka/hide-aborted.js';
import type { OutputsByKey } from './compare-outputs.js';

/** The outputs of a worker that must come out the same whatever happens to it. */
const OUTPUTS: Readonly<Record<string, (record: Record<string, unknown>) => string>> = {
  assignments: ({ customerId, windowStart, revision }) => `${customerId}/${windowStart}/${revision}`,
  transitions: ({ customerId, windowStart }) => `${customerId}/${windowStart}`,
  late: ({ source, offset }) => `${source}@${offset}`,
  'dead-letters': ({ source, offset }) => `${source}@${offset}`,
};

/**
 * All that an ordinary consumer of committed records finds on the output topics; the time of emission is left out.
 *
 * @param input topic that was read, whose name is left out as well
 */
export async function readOutputs(kafka: Kafka, prefix: string, input: string): Promise<OutputsByKey> {
  const topics = Object.keys(OUTPUTS).map((name) => `${prefix}${name}`);
  const outputs = new Map<string, string[]>();
  const open = await markEnds(kafka, topics);
  const consumer = kafka.consumer({
    groupId: `${prefix}read`,
    // kafkajs by itself hands aborted records over where transactions overlap.
    partitionAssigners: [hidingAborted],
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  // A reader that had to begin again, as after its broker was killed, gets the same records once more: those are none twice.
  const seen = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message: { key, value, offset } }) => {
        const at = `${topic}/${partition}@${offset}`;
        if (seen.has(at)) return;
        seen.add(at);
        if (String(key) === END) {
          open.delete(`${topic}/${partition}`);
          if (open.size === 0) resolve();
          return;
        }
        const name = topic.slice(prefix.length);
        const { emittedAt, ...record } = JSON.parse(String(value));
        const place = `${name} ${OUTPUTS[name]!(record)}`.replaceAll(input, 'usage');
        const content = JSON.stringify(record).replaceAll(input, 'usage');
        const there = outputs.get(place);
        if (there === undefined) outputs.set(place, [content]);
        else there.push(content);
      },
    });
  });
  await consumer.disconnect();
  return outputs;
}

/** Waits until nothing more comes: the last windows are published after the offsets of the records that closed them. */
export async function untilQuiet(admin: Admin, prefix: string): Promise<void> {
  const count = async (): Promise<number> => {
    let sum = 0;
    for (const name of Object.keys(OUTPUTS)) {
      for (const { high } of await admin.fetchTopicOffsets(`${prefix}${name}`)) sum += Number(high);
    }
    return sum;
  };
  let before = -1;
  for (let now = await count(); now !== before; now = await count()) {
    before = now;
    await sleep(QUIET_MS);
  }
}

/** Many commits long. */
const QUIET_MS = 2000;
const END = 'end of what is read';

/** Writes a record behind all others of each partition, and returns the partitions. */
async function markEnds(kafka: Kafka, topics: readonly string[]): Promise<Set<string>> {
  const ends = new Set<string>();
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  for (const topic of topics) {
    const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition }) => partition);
    await producer.send({ topic, messages: partitions.map((partition) => ({ partition, key: END, value: END })) });
    for (const partition of partitions) ends.add(`${topic}/${partition}`);
  }
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  return ends;
}
