import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from 'kafkajs';
import { isLostCoordinator, isRetriable } from './kafka-error.js';

export interface ConsumerRestart {
  /** Starts nothing more. */
  close(): void;
}

/**
 * Starts a consumer again that kafkajs has given up. It restarts by itself after most errors, but takes it for good when
 * it finds no coordinator, be it only that the broker it asked was away. A consumer that was in its group once had the
 * right to it.
 *
 * @param run calls `consumer.run` as the first time
 * @param outageMs how long it is started again before it has failed
 * @param failed the consumer has stopped for good
 */
export function restartConsumer(
  consumer: Pick<Consumer, 'on' | 'events'>,
  run: () => Promise<void>,
  outageMs: number,
  failed: (error: unknown) => void,
): ConsumerRestart {
  const ending = new AbortController();
  let hasJoined = false;
  let lostMs = 0;
  const again = async (): Promise<void> => {
    lostMs += AGAIN_MS;
    await sleep(AGAIN_MS, undefined, { signal: ending.signal }).catch(() => {}); // closed
    if (!ending.signal.aborted) await run();
  };
  consumer.on(consumer.events.GROUP_JOIN, () => {
    hasJoined = true;
    lostMs = 0;
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (restart || ending.signal.aborted) return;
    const passes = hasJoined && (isRetriable(error) || isLostCoordinator(error)) && lostMs < outageMs;
    if (passes) again().catch(failed);
    else failed(error);
  });
  return { close: () => ending.abort() };
}

/** An attempt by itself takes seconds where brokers are away. */
const AGAIN_MS = 1000;
