import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';
import {
  ASSIGNMENTS,
  DEAD_LETTERS,
  DRIFT,
  EMBEDDINGS,
  LATE,
  type Output,
  SEGMENTS,
  TRANSITIONS,
} from '../../publish/output.js';
import { createKafkaAssignmentSink } from '../../transport/kafka/kafka-assignment-sink.js';
import { type KafkaConnectionOptions, openKafka } from '../../transport/kafka/kafka-connection.js';
import { createKafkaProducer } from '../../transport/kafka/kafka-producer.js';
import { createKafkaSink } from '../../transport/kafka/kafka-sink.js';
import { ensureTopics, missingTopics, type TopicPlan } from '../../transport/kafka/topics.js';
import type { Config } from '../config/schema.js';
import type { RunOutputs } from './open-outputs.js';
import { countAssignments, createRecordCounts } from './record-counts.js';
import { toConnection } from './to-connection.js';
import { writtenOutputs } from './written-outputs.js';

/**
 * Opens a topic for each output that is asked for.
 *
 * @throws SegtideError `output` that names the topics that are missing, `transport` when no broker is to be had
 */
export async function openTopics(config: Config): Promise<RunOutputs> {
  const { input, output } = config;
  const { topicPrefix, createTopics, format } = output;
  // The schema has refused a config without any brokers.
  const connection = toConnection((output.kafka ?? input.kafka)!);
  const names = writtenOutputs(config);
  await checkTopics(
    connection,
    names.map((name) => toPlan(topicPrefix, name)),
    createTopics,
  );
  const producer = await createKafkaProducer(connection);
  const open = <T>(to: Output<T>): Promise<Sink<T>> =>
    createKafkaSink(producer, {
      topic: `${topicPrefix}${to.name}`,
      output: to,
      encoding: format,
      maxRequestBytes: REQUEST_BYTES,
    });
  const sinks = {
    assignments: createKafkaAssignmentSink(await open(ASSIGNMENTS)),
    transitions: await open(TRANSITIONS),
    ...(names.includes(EMBEDDINGS.name) && { embeddings: await open(EMBEDDINGS) }),
    segments: await open(SEGMENTS),
    drift: await open(DRIFT),
    late: await open(LATE),
    deadLetters: await open(DEAD_LETTERS),
  };
  const counts = createRecordCounts(names, undefined);
  return {
    sinks: {
      assignments: countAssignments(sinks.assignments, counts),
      transitions: counts.count('transitions', sinks.transitions),
      embeddings: sinks.embeddings && counts.count('embeddings', sinks.embeddings),
      segments: counts.count('segments', sinks.segments),
      drift: counts.count('drift', sinks.drift),
      late: counts.count('late', sinks.late),
      deadLetters: counts.count('dead-letters', sinks.deadLetters),
    },
    flush: async () => {
      await Promise.all(Object.values(sinks).map((sink) => sink.flush()));
    },
    discard: async () => undefined,
    // A run that ends well has flushed. One that failed repeats what is still here, from its last checkpoint.
    close: () => producer.close(),
    sizes: () => undefined,
    get summary() {
      return counts.summary((name) => `${topicPrefix}${name}`);
    },
    ended: false,
  };
}

/** kafkajs encodes a request in one go: a large one would hold up the event loop for tens of milliseconds. */
const REQUEST_BYTES = 131_072;

/** Profiles replace each other; all else is a log. Partitions and replicas are as the broker makes them by default. */
function toPlan(topicPrefix: string, name: string): TopicPlan {
  return { topic: `${topicPrefix}${name}`, compacted: name === SEGMENTS.name };
}

async function checkTopics(
  connection: KafkaConnectionOptions,
  plans: readonly TopicPlan[],
  create: boolean,
): Promise<void> {
  const kafka = await openKafka(connection);
  if (create) return ensureTopics(kafka, plans);
  const missing = await missingTopics(kafka, plans);
  if (missing.length === 0) return;
  const list = missing.map(({ topic, compacted }) => (compacted ? `${topic} (cleanup.policy=compact)` : topic));
  const verb = missing.length === 1 ? 'topic does' : 'topics do';
  throw new SegtideError(
    'output',
    `${missing.length} output ${verb} not exist, or this client may not see them: ${list.join(', ')}. Create them, or set output.createTopics to true`,
    { context: { topic: missing[0]!.topic } },
  );
}
