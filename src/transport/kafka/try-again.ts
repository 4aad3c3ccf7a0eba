import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks up to twenty times, at first after 20 ms and then less and less often: for requests that kafkajs gives up on at
 * once, though the state they met will pass.
 *
 * @param longestMs between two attempts
 * @param passes whether an error is one that may be gone the next time; others are thrown at once
 */
export async function tryAgain<T>(
  ask: () => Promise<T>,
  longestMs: number,
  passes: (error: unknown) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === ATTEMPTS || !passes(error)) throw error;
    }
    await sleep(Math.min(10 * 2 ** attempt, longestMs));
  }
}

const ATTEMPTS = 20;
