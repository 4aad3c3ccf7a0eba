import { setTimeout as sleep } from 'node:timers/promises';
import { type Kafka, type Message, Partitioners } from 'kafkajs';
import { tryAgain } from '../../../src/transport/kafka/try-again.js';

/** Writes a stream to a topic, bit by bit, also where the broker is away for a while. */
export interface UsageFeed {
  /** Records that are not yet written. */
  readonly left: number;
  /** Writes the next `count` records, spread evenly over a time. */
  next(count: number, spreadMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Records may be written twice where the broker breaks off: whoever compares runs does so on one topic. */
export async function createUsageFeed(kafka: Kafka, topic: string, records: readonly Message[]): Promise<UsageFeed> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, maxInFlightRequests: 1 });
  await producer.connect();
  let at = 0;
  return {
    get left() {
      return records.length - at;
    },
    async next(count, spreadMs = 0) {
      const end = Math.min(records.length, at + count);
      const pieces = Math.max(1, Math.ceil(spreadMs / PIECE_MS), Math.ceil(count / MOST_IN_PIECE));
      const size = Math.ceil((end - at) / pieces);
      while (at < end) {
        const messages = records.slice(at, Math.min(end, at + size));
        await tryAgain(
          () => producer.send({ topic, messages }),
          2000,
          () => true,
        );
        at += messages.length;
        if (spreadMs > 0) await sleep(spreadMs / pieces);
      }
    },
    close: () => producer.disconnect(),
  };
}

const PIECE_MS = 100;
const MOST_IN_PIECE = 5000;
