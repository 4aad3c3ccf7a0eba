import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../../errors.js';
import { OUTPUTS, type Output } from '../../../publish/output.js';
import { describeTopics } from '../../../transport/kafka/describe-topics.js';
import { openKafka } from '../../../transport/kafka/kafka-connection.js';
import { createTopicReader, type TopicReader } from '../../../transport/kafka/topic-reader.js';
import type { Config } from '../../config/schema.js';
import { runTogether } from '../../run/run-together.js';
import { toConnection } from '../../run/to-connection.js';
import { type TopicName, topicOf } from '../../topics/topic-name.js';
import { VIEW_OUTPUTS } from '../store/view-schema.js';
import type { ViewStore } from '../store/view-store.js';
import { createRecordDecoder, type RecordDecoder } from '../../record-decoder.js';
import type { ViewSource } from './view-source.js';

/** An output with its topic. */
interface ReadTopic {
  readonly output: Output<never>;
  readonly topic: string;
  readonly partitions: number;
}

/**
 * Reads the output topics of workers and trainer, committed records only, in a group of its own that commits nothing: the
 * store keeps how far it is. Outputs without a topic are left out.
 *
 * @param onProblem told of each record that can't be read
 * @throws SegtideError `transport` when no broker is to be had, or none of the topics exists
 */
export async function createTopicSource(
  config: Config,
  store: ViewStore,
  onProblem: (text: string) => void,
): Promise<ViewSource> {
  const { input, output } = config;
  const kafka = await openKafka(await toConnection(output.kafka ?? input.kafka!));
  const topics = await findTopics(kafka, config);
  const { groupId } = input.kafka!;
  const reader = await createTopicReader(kafka, {
    groupId,
    topics: topics.map(({ topic }) => topic),
    newId: randomUUID,
    maxBytes: 1_048_576,
  });
  const name = `${output.topicPrefix}* at ${(output.kafka ?? input.kafka!).brokers.join(', ')}`;
  return {
    name,
    async run(signal) {
      try {
        await runTogether(
          signal,
          topics.map((topic) => async (stop: AbortSignal) => {
            const decode = await createRecordDecoder(topic.output, output);
            await follow(topic, { reader, store, decode, onProblem }, stop);
          }),
        );
      } finally {
        await reader.close();
      }
    },
  };
}

async function findTopics(kafka: Kafka, { output }: Config): Promise<readonly ReadTopic[]> {
  const wanted = OUTPUTS.filter(({ name }) => VIEW_OUTPUTS.includes(name)).map((one) => ({
    output: one as Output<never>,
    topic: topicOf(output, one.name as TopicName),
  }));
  const found = await describeTopics(
    kafka,
    wanted.map(({ topic }) => topic),
  );
  const there = wanted.flatMap((one) => {
    const known = found.find(({ topic }) => topic === one.topic);
    return known === undefined ? [] : [{ ...one, partitions: known.partitions }];
  });
  if (there.length > 0) return there;
  const [first] = wanted;
  throw new SegtideError('transport', `there is no topic ${first!.topic} yet; start a worker and a trainer first`, {
    context: { topic: first!.topic },
    retriable: true,
  });
}

interface Following {
  readonly reader: TopicReader;
  readonly store: ViewStore;
  readonly decode: RecordDecoder;
  readonly onProblem: (text: string) => void;
}

/** Reads all partitions of a topic, and writes what it read with the offsets of all of them. */
async function follow(
  { output, topic, partitions }: ReadTopic,
  following: Following,
  stop: AbortSignal,
): Promise<void> {
  const { reader, store, decode, onProblem } = following;
  const kept = store.position(output.name);
  const offsets: Record<string, string> = kept === undefined ? {} : JSON.parse(kept);
  /** Partitions write one after another: the position is of all. */
  let written = Promise.resolve();
  const followOne = async (partition: number, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      let records: readonly unknown[] = [];
      let next: bigint | undefined;
      const from = offsets[partition] === undefined ? undefined : BigInt(offsets[partition]);
      await reader.read(
        topic,
        partition,
        from,
        (messages, after) => {
          next = after;
          records = [...messages].flatMap(({ value, offset }) => {
            if (value === null) return [];
            try {
              return [decode(value)];
            } catch {
              onProblem(`record ${offset} of ${topic}/${partition} can't be read, and is passed over`);
              return [];
            }
          });
          return true;
        },
        signal,
      );
      if (next === undefined) continue;
      offsets[partition] = String(next);
      written = written.then(() => store.write(output.name, records, JSON.stringify(offsets)));
      await written;
    }
  };
  await runTogether(
    stop,
    Array.from({ length: partitions }, (_, partition) => (signal: AbortSignal) => followOne(partition, signal)),
  );
}
