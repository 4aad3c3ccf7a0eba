import type { KafkaMessage } from 'kafkajs';
import { type Compression, toCompressionType } from './codecs/register-codecs.js';
import { SEND_ONCE } from './connect-producer.js';
import { type KafkaConnectionOptions, openKafka } from './kafka-connection.js';
import { createTopicPatience, isUnknownTopic, toTransportError, toUnknownTopic } from './kafka-error.js';
import { tryAgain } from './try-again.js';

export interface OutgoingRecord {
  readonly key: string;
  /** Null is a tombstone: a compacted topic forgets the key. */
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, HeaderValue | HeaderValue[] | undefined>>;
  /** @default as the key says */
  readonly partition?: number;
}

type HeaderValue = string | Buffer;

/** Sends records: what a sink needs of Kafka. One producer serves all sinks of a program. */
export interface RecordProducer {
  /** Resolves when every in-sync replica has the records; rejects when they may not be there. */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface KafkaProducerOptions extends KafkaConnectionOptions {
  /** @default 'none' */
  readonly compression?: Compression;
}

/** @throws SegtideError `transport` when no broker is to be had */
export async function createKafkaProducer(options: KafkaProducerOptions): Promise<RecordProducer> {
  const kafka = await openKafka(options);
  const { Partitioners } = await import('kafkajs');
  const compression = toCompressionType(options.compression ?? 'none');
  const producer = kafka.producer({
    // The partitioner of the Java clients: a key lands where their records of that key land.
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    // A request that is tried again must not be overtaken by the next.
    maxInFlightRequests: 1,
    ...SEND_ONCE,
  });
  try {
    await producer.connect();
  } catch (error) {
    throw toTransportError(error, 'the producer could not start');
  }
  return {
    async send(topic, records) {
      const messages = records as OutgoingRecord[] & KafkaMessage[];
      const sent = () => producer.send({ topic, acks: -1, compression, messages });
      try {
        await tryAgain(sent, LONGEST_MS, createTopicPatience());
      } catch (cause) {
        if (isUnknownTopic(cause)) throw toUnknownTopic(topic, 'output', cause);
        throw toTransportError(cause, `the records for ${topic} were not acknowledged`, { topic });
      }
    },
    close: () => producer.disconnect(),
  };
}

/** kafkajs gives up at once where a broker refuses the connection, as one does that restarts: half a minute is tried. */
const LONGEST_MS = 2000;
