import type { Sink } from '../../ports.js';
import { ASSIGNMENTS, type Output } from '../../publish/output.js';
import { createKafkaAssignmentSink } from '../../transport/kafka/kafka-assignment-sink.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { createKafkaProducer } from '../../transport/kafka/kafka-producer.js';
import { createKafkaSink } from '../../transport/kafka/kafka-sink.js';
import type { Config } from '../config/schema.js';
import { checkTopics } from '../topics/check-topics.js';
import { findInputTopics, partitionsOf } from '../topics/input-topics.js';
import { planTopics } from '../topics/plan-topics.js';
import { type TopicName, topicOf } from '../topics/topic-name.js';
import { findSchemaIds } from './find-schema-ids.js';
import type { RunOutputs } from './open-outputs.js';
import { openSinks } from './open-sinks.js';
import { countAssignments, createRecordCounts } from './record-counts.js';
import { toConnection } from './to-connection.js';
import { writtenOutputs } from './written-outputs.js';

/**
 * Opens a topic for each output that is asked for.
 *
 * @param names of those that there will be records of
 * @throws SegtideError `output` that names the topics that are missing, `transport` when no broker is to be had
 */
export async function openTopics(config: Config, names = writtenOutputs(config)): Promise<RunOutputs> {
  const { input, output } = config;
  const { createTopics, format, compression } = output;
  // The schema has refused a config without any brokers.
  const connection = await toConnection((output.kafka ?? input.kafka)!);
  const plan = planTopics(config).filter(({ name }) => names.includes(name));
  const inputPartitions = input.kind === 'kafka' ? await countPartitions(config) : undefined;
  await checkTopics(await openKafka(connection), plan, { inputPartitions, create: createTopics });
  const schemaIds = await findSchemaIds(config, names);
  const producer = await createKafkaProducer({ ...connection, compression });
  const opened: Pick<Sink<unknown>, 'flush'>[] = [];
  const open = async <T>(to: Output<T>): Promise<Sink<T>> => {
    const sink = await createKafkaSink(producer, {
      topic: topicOf(output, to.name as TopicName),
      output: to,
      encoding: format,
      schemaId: schemaIds.get(to.name),
      maxRequestBytes: REQUEST_BYTES,
    });
    opened.push(sink);
    return sink;
  };
  const counts = createRecordCounts(names, undefined);
  return {
    sinks: {
      assignments: countAssignments(createKafkaAssignmentSink(await open(ASSIGNMENTS)), counts),
      ...(await openSinks(names, async (to) => counts.count(to.name, await open(to)))),
    },
    flush: async () => {
      await Promise.all(opened.map((sink) => sink.flush()));
    },
    discard: async () => undefined,
    // A run that ends well has flushed. One that failed repeats what is still here, from its last checkpoint.
    close: () => producer.close(),
    sizes: () => undefined,
    get summary() {
      return counts.summary((name) => topicOf(output, name as TopicName));
    },
    ended: false,
  };
}

async function countPartitions({ input }: Config): Promise<number> {
  const { kafka, keyed } = input;
  const client = await openKafka(await toConnection(kafka!));
  return partitionsOf(await findInputTopics(client, { topics: kafka!.topics, keyed }));
}

/** kafkajs encodes a request in one go: a large one would hold up the event loop for tens of milliseconds. */
const REQUEST_BYTES = 131_072;
