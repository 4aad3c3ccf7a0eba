import type { KafkaMessage } from 'kafkajs';
import type { UsageBatch } from '../../ingest/usage-batch.js';

export interface ParsedValues {
  /** Events and dead letters of the first `taken` records, with Kafka's offsets; row is the offset plus 1. */
  readonly batch: UsageBatch;
  /** Records dealt with, at least one of those given. */
  readonly taken: number;
  /** Index in the records of each event, for whoever looks at keys. */
  readonly recordOf: Uint32Array; // (batch.length) or longer
}

/** Turns the values of Kafka records into usage events. What it answers is valid until the next call. */
export interface ValueParser {
  /** @param source `topic/partition` */
  parse(records: readonly KafkaMessage[], source: string): ParsedValues;
}
