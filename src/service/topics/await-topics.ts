import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { describeTopics, type ExistingTopic } from '../../transport/kafka/describe-topics.js';
import { isRetriable } from '../../transport/kafka/kafka-error.js';

export interface AwaitTopicsOptions {
  /** Told once that they are waited for, with those that are missing. */
  readonly onMissing: (missing: readonly string[]) => void;
  readonly signal: AbortSignal;
  /** Pause between two looks, ms. @default 2000 */
  readonly lookEveryMs?: number;
}

/**
 * Waits for topics that others make, as for readers that are started first.
 *
 * @returns the topics, in the order that was asked for; undefined where it was told to stop before they were there
 */
export async function awaitTopics(
  kafka: Kafka,
  topics: readonly string[],
  { onMissing, signal, lookEveryMs = 2000 }: AwaitTopicsOptions,
): Promise<readonly ExistingTopic[] | undefined> {
  let told = false;
  while (!signal.aborted) {
    const found = await describeTopics(kafka, topics).catch((error: unknown) => {
      // Brokers that were there are waited for, too.
      if (told && isRetriable(error)) return [];
      throw error;
    });
    const missing = topics.filter((topic) => !found.some((one) => one.topic === topic));
    if (missing.length === 0) return topics.map((topic) => found.find((one) => one.topic === topic)!);
    if (!told) onMissing(missing);
    told = true;
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
