import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../../errors.js';
import { OUTPUTS, type Output } from '../../../publish/output.js';
import { describeTopics } from '../../../transport/kafka/describe-topics.js';
import { openKafka } from '../../../transport/kafka/kafka-connection.js';
import { isRetriable } from '../../../transport/kafka/kafka-error.js';
import { createTopicReader, type TopicReader } from '../../../transport/kafka/topic-reader.js';
import { describeTopic } from '../../../transport/kafka/topics.js';
import type { Config } from '../../config/schema.js';
import { createRecordDecoder, type RecordDecoder } from '../../record-decoder.js';
import { runTogether } from '../../run/run-together.js';
import { toConnection } from '../../run/to-connection.js';
import { type TopicName, topicOf } from '../../topics/topic-name.js';
import { VIEW_OUTPUTS } from '../store/view-schema.js';
import type { ViewStore } from '../store/view-store.js';
import type { ViewSource } from './view-source.js';

/** An output with its topic. */
interface ReadTopic {
  readonly output: Output<never>;
  readonly topic: string;
  readonly partitions: number;
}

export interface TopicSourceOptions {
  /** Told of each record that can't be read, and of topics that are waited for. */
  readonly onProblem: (text: string) => void;
  /** Time between two looks for topics that are missing, ms. @default 5000 */
  readonly lookEveryMs?: number;
}

/**
 * Reads the output topics of workers and trainer, committed records only, in a group of its own that commits nothing: the
 * store keeps how far it is. Topics that are not there yet are waited for, and read once they are.
 *
 * Both ways of reading reject with a SegtideError `transport` when no broker is to be had; `catchUp` also where none of
 * the topics exists.
 */
export function createTopicSource(config: Config, store: ViewStore, options: TopicSourceOptions): ViewSource {
  const { onProblem, lookEveryMs = 5000 } = options;
  const { input, output } = config;
  let waitsFor: string | undefined = 'brokers';

  async function open(): Promise<Kafka> {
    return openKafka(await toConnection(output.kafka ?? input.kafka!));
  }

  /**
   * Reads topics, each to its end or until it is told to stop, and whatever else is to be done meanwhile.
   *
   * @param endsOf what each partition is read to; undefined to go on for ever
   */
  async function read(
    kafka: Kafka,
    topics: readonly ReadTopic[],
    signal: AbortSignal,
    endsOf: (topic: string) => Promise<PartitionEnds | undefined>,
    beside: readonly ((until: AbortSignal) => Promise<void>)[] = [],
  ): Promise<void> {
    const reader = await createTopicReader(kafka, {
      groupId: input.kafka!.groupId,
      topics: topics.map(({ topic }) => topic),
      newId: randomUUID,
      maxBytes: 1_048_576,
    });
    try {
      await runTogether(signal, [
        ...beside,
        ...topics.map((topic) => async (until: AbortSignal) => {
          const decode = await createRecordDecoder(topic.output, output);
          const ends = await endsOf(topic.topic);
          await follow(topic, { reader, store, decode, onProblem, ends }, until);
        }),
      ]);
    } finally {
      await reader.close();
    }
  }

  /** Reads topics until it is told to stop, or there are others. @returns the topics that there are then */
  async function readOn(
    kafka: Kafka,
    topics: readonly ReadTopic[],
    signal: AbortSignal,
  ): Promise<readonly ReadTopic[]> {
    const others = new AbortController();
    let latest = topics;
    const look = async (until: AbortSignal): Promise<void> => {
      while (!until.aborted && latest === topics && topics.length < wantedTopics(config).length) {
        await sleep(lookEveryMs, undefined, { signal: until }).catch(() => undefined);
        // Brokers that are away are the reader's to wait for.
        const found = await findTopics(kafka, config).catch(() => topics);
        if (found.length > topics.length) latest = found;
      }
      if (latest !== topics) others.abort();
    };
    await read(kafka, topics, AbortSignal.any([signal, others.signal]), async () => undefined, [look]);
    return latest;
  }

  return {
    name: `${output.topicPrefix}* at ${(output.kafka ?? input.kafka!).brokers.join(', ')}`,
    get waitsFor() {
      return waitsFor;
    },
    async catchUp(signal) {
      const kafka = await open();
      const topics = await findTopics(kafka, config);
      if (topics.length === 0) throw new SegtideError('transport', noTopics(config), { retriable: true });
      await read(kafka, topics, signal, async (topic) => {
        const ranges = await describeTopic(kafka, topic);
        return new Map(ranges.map(({ partition, low, high }) => [partition, { low, high }]));
      });
    },
    async run(signal) {
      const kafka = await open();
      let topics = await findTopics(kafka, config);
      while (!signal.aborted) {
        if (topics.length > 0) {
          waitsFor = undefined;
          topics = await readOn(kafka, topics, signal);
          continue;
        }
        const text = noTopics(config);
        if (waitsFor !== text) onProblem(text);
        waitsFor = text;
        await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
        topics = await findTopics(kafka, config).catch((error: unknown) => {
          if (isRetriable(error)) return [];
          throw error;
        });
      }
    },
  };
}

function noTopics(config: Config): string {
  const [first] = wantedTopics(config);
  return `there is no topic ${first!.topic} yet, nor any other of the outputs, or this client may not see them; start a worker and a trainer`;
}

function wantedTopics({ output }: Config): readonly Omit<ReadTopic, 'partitions'>[] {
  return OUTPUTS.filter(({ name }) => VIEW_OUTPUTS.includes(name)).map((one) => ({
    output: one as Output<never>,
    topic: topicOf(output, one.name as TopicName),
  }));
}

/** Those of the outputs that have a topic. */
async function findTopics(kafka: Kafka, config: Config): Promise<readonly ReadTopic[]> {
  const wanted = wantedTopics(config);
  const found = await describeTopics(
    kafka,
    wanted.map(({ topic }) => topic),
  );
  return wanted.flatMap((one) => {
    const known = found.find(({ topic }) => topic === one.topic);
    return known === undefined ? [] : [{ ...one, partitions: known.partitions }];
  });
}

/** Offsets of the oldest record and after the newest one, by partition. */
type PartitionEnds = ReadonlyMap<number, { readonly low: bigint; readonly high: bigint }>;

interface Following {
  readonly reader: TopicReader;
  readonly store: ViewStore;
  readonly decode: RecordDecoder;
  readonly onProblem: (text: string) => void;
  /** What is read to; undefined to go on for ever. */
  readonly ends: PartitionEnds | undefined;
}

/** Reads all partitions of a topic, and writes what it read with the offsets of all of them. */
async function follow(
  { output, topic, partitions }: ReadTopic,
  following: Following,
  stop: AbortSignal,
): Promise<void> {
  const { reader, store, decode, onProblem, ends } = following;
  const kept = store.position(output.name);
  const offsets: Record<string, string> = kept === undefined ? {} : JSON.parse(kept);
  /** Partitions write one after another: the position is of all. */
  let written = Promise.resolve();
  const followOne = async (partition: number, signal: AbortSignal): Promise<void> => {
    const { low = 0n, high = undefined } = ends?.get(partition) ?? {};
    const isAtEnd = (offset: bigint): boolean => high !== undefined && offset >= high;
    let at = offsets[partition] === undefined ? low : BigInt(offsets[partition]);
    while (!signal.aborted && !isAtEnd(at)) {
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
      at = next;
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
