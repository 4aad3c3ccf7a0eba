import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { KAFKA_RETRY } from '../../../src/transport/kafka/kafka-connection.js';
import { createStateStore, type StateStoreOptions } from '../../../src/transport/kafka/kafka-state-store.js';
import { createPlainStateStore } from '../../../src/transport/kafka/plain-state-store.js';
import type { Commit, StateStore } from '../../../src/transport/kafka/state-store.js';
import { createTopicReader, type TopicReader } from '../../../src/transport/kafka/topic-reader.js';
import type { StatePlace } from '../../contract/state-store.js';

let places = 0;

/** One partition of state on a broker, with an output and an input topic of its own. */
export interface KafkaStatePlace extends StatePlace {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly reader: TopicReader;
  readonly stateTopic: string;
  /** Options of a transactional store of this place. */
  readonly options: StateStoreOptions;
  /** Real name of one of the topics `in` and `out` of a test. */
  name(topic: string): string;
  /** A transactional store with other options, or over another client. */
  store(options?: Partial<StateStoreOptions>, through?: Kafka): StateStore;
  /** A store whose outputs and offsets are not transactional. */
  plainStore(options?: Partial<StateStoreOptions>, through?: Kafka): StateStore;
}

export interface StatePlaceOptions {
  /** Of the state topic. @default 'compact' */
  readonly cleanup?: string;
  /** Partitions of the output. @default 1 */
  readonly partitions?: number;
  /** Whether owners are plain stores. @default false */
  readonly plain?: boolean;
}

const MAX_LOG_ENTRIES = 6;

export async function createStatePlace(brokers: string[], options: StatePlaceOptions = {}): Promise<KafkaStatePlace> {
  const place = `state-${process.pid}-${places++}`;
  const name = (topic: string): string => `${place}-${topic}`;
  const stateTopic = name('state');
  const kafka = openTestKafka(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const cleanup = { name: 'cleanup.policy', value: options.cleanup ?? 'compact' };
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      { topic: stateTopic, numPartitions: 2, configEntries: [cleanup] },
      { topic: name('out'), numPartitions: options.partitions ?? 1 },
      { topic: name('in') },
    ],
  });
  const topics = [stateTopic, name('out')];
  const reader = await createTopicReader(kafka, { groupId: place, topics, newId: randomUUID });
  const storeOptions: StateStoreOptions = {
    reader,
    stateTopic,
    statePartition: 1,
    transactionalId: place,
    groupId: place,
    partition: 0,
    maxLogEntries: MAX_LOG_ENTRIES,
    clock: { now: () => Date.now() },
    newId: randomUUID,
    onTrimFailed: (error) => {
      throw error;
    },
  };
  const rename = (store: StateStore): StateStore => ({
    open: () => store.open(),
    commit: (commit) => store.commit(toReal(commit, name)),
    get logged() {
      return store.logged;
    },
    close: () => store.close(),
  });
  const transactional = (more: Partial<StateStoreOptions> = {}, through = kafka): StateStore =>
    rename(createStateStore(through, { ...storeOptions, ...more }));
  // What a consumer would have committed.
  const plainOffsets = new Map<string, bigint>();
  const commitOffsets = async (offsets: ReadonlyMap<string, bigint>): Promise<void> => {
    for (const [topic, offset] of offsets) plainOffsets.set(topic, offset);
  };
  const plain = (more: Partial<StateStoreOptions> = {}, through = kafka): StateStore =>
    rename(createPlainStateStore(through, { ...storeOptions, ...more, commitOffsets }));
  return {
    kafka,
    admin,
    reader,
    stateTopic,
    options: storeOptions,
    name,
    store: transactional,
    plainStore: plain,
    maxLogEntries: MAX_LOG_ENTRIES,
    owner: async () => (options.plain ? plain() : transactional()),
    published: (topic) => published(reader, kafka, name(topic)),
    async offset(topic) {
      if (options.plain) return plainOffsets.get(name(topic));
      const [found] = await admin.fetchOffsets({ groupId: place, topics: [name(topic)] });
      const offset = BigInt(found!.partitions[0]!.offset);
      return offset < 0n ? undefined : offset;
    },
    async close() {
      await reader.close();
      await admin.disconnect();
    },
  };
}

export function openTestKafka(brokers: string[], config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: KAFKA_RETRY, ...config });
}

function toReal(commit: Commit, name: (topic: string) => string): Commit {
  const real = <V>(topics: ReadonlyMap<string, V>) =>
    new Map(Array.from(topics, ([topic, each]) => [name(topic), each]));
  return { ...commit, outputs: real(commit.outputs), offsets: real(commit.offsets) };
}

/** Values that a reader of committed records gets: up to a record that is written now. */
async function published(reader: TopicReader, kafka: Kafka, topic: string): Promise<string[]> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ key: 'end', value: 'end', partition: 0 }] });
  await producer.disconnect();
  const values: string[] = [];
  await reader.read(topic, 0, undefined, (records) => {
    for (const { key, value } of records) if (String(key) !== 'end') values.push(String(value));
    return String(records.key(records.length - 1)) === 'end';
  });
  return values;
}
