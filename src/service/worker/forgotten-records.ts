import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';

export interface ForgottenOptions {
  /** Topics whose records are keyed by the customer: outputs, and the samples that the trainer keeps. */
  readonly topics: readonly string[];
  /** Partition of the requests. */
  readonly partition: number;
  /** Whether this partition knew the customer. */
  readonly isKnown: boolean;
}

/**
 * Tells all who read those topics that a customer is forgotten: a record of the customer without a value. A request is
 * in every partition; only that of the customer answers, and the first, for a customer whose state has expired.
 */
export function* toForgottenRecords(
  customerId: string,
  { topics, partition, isKnown }: ForgottenOptions,
): Generator<readonly [topic: string, record: OutgoingRecord]> {
  if (customerId === '' || (!isKnown && partition !== 0)) return;
  for (const topic of topics) yield [topic, { key: customerId, value: null }];
}
