import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';

export interface ForgottenOptions {
  /** Topics whose records are keyed by the customer: outputs, and the samples that the trainer keeps. */
  readonly topics: readonly string[];
  /** Whether this partition knew the customer. */
  readonly isKnown: boolean;
  /** Whether records with the customer as their key come to this partition. */
  readonly isHome: boolean;
}

/**
 * Tells all who read those topics that a customer is forgotten: a record of the customer without a value. A request is
 * in every partition; only that of the customer answers, so that what it writes of the customer afterwards stays. Which
 * one it is for a customer whose state has expired, the key tells.
 */
export function* toForgottenRecords(
  customerId: string,
  { topics, isKnown, isHome }: ForgottenOptions,
): Generator<readonly [topic: string, record: OutgoingRecord]> {
  if (customerId === '' || (!isKnown && !isHome)) return;
  for (const topic of topics) yield [topic, { key: customerId, value: null }];
}
