import type { RecordQueue } from './record-queue.js';

/**
 * Says of which topic partitions no more is to be fetched for now, so that what waits stays within a budget. One that is
 * slow to take its records can have a part of the budget, never all: its limit is what the others leave free.
 */
export interface FetchFlow {
  /** Records were added to the queue: whether to hold back from now on. */
  arrived(lane: string): boolean;
  /** Records were taken: whether to go on, where it was held back. */
  taken(lane: string): boolean;
  isHeld(lane: string): boolean;
  forget(lane: string): void;
}

/**
 * @param budgetBytes of all that waits
 * @param lanes how many share it; each may have as much in any case
 */
export function createFetchFlow(queue: RecordQueue<string>, budgetBytes: number, lanes: () => number): FetchFlow {
  const held = new Set<string>();
  const limit = (): number => Math.max(budgetBytes / Math.max(1, lanes()), budgetBytes - queue.bytes);
  return {
    arrived(lane) {
      if (queue.bytesOf(lane) >= limit()) held.add(lane);
      return held.has(lane);
    },
    taken(lane) {
      // Early enough for the next fetch to be back before the rest is used up.
      return held.has(lane) && queue.bytesOf(lane) <= limit() / 2 && held.delete(lane);
    },
    isHeld: (lane) => held.has(lane),
    forget(lane) {
      held.delete(lane);
    },
  };
}
