import { describe, expect, it } from 'vitest';
import { createFetchFlow } from '../../../src/transport/kafka/fetch-flow.js';
import { createRecordQueue } from '../../../src/transport/kafka/record-queue.js';
import { fetchedRecords } from './kafka-records.js';

/** A flow over lanes that get chunks of 1000 bytes. */
function flowOf(budget: number, lanes: number) {
  const queue = createRecordQueue<string>();
  const flow = createFetchFlow(queue, budget, () => lanes);
  return {
    queue,
    flow,
    push(lane: string) {
      queue.push(lane, fetchedRecords(['x'.repeat(982)]));
      return flow.arrived(lane);
    },
    take(lane: string) {
      queue.take(lane, 1);
      return flow.taken(lane);
    },
  };
}

describe('fetch flow', () => {
  it('lets one that is alone fill half of the budget, and goes on when half of that is taken', () => {
    const { push, take } = flowOf(8000, 4);
    expect([push('a'), push('a'), push('a'), push('a')]).toEqual([false, false, false, true]);
    // Three wait, and half of the 5000 that are free is less; two wait, and half of 6000 is more.
    expect([take('a'), take('a')]).toEqual([false, true]);
    expect(take('a')).toBe(false);
  });

  it('keeps room for the others when one takes nothing', () => {
    const { push, take, queue } = flowOf(8000, 4);
    while (!push('slow'));
    for (let i = 0; i < 100; i++) {
      const held = push('quick');
      expect(take('quick')).toBe(held);
    }
    expect(queue.bytesOf('slow')).toBe(4000);
  });

  it('never holds one back that has less than its share, so that all together stay within twice the budget', () => {
    const { push, flow, queue } = flowOf(8000, 4);
    for (const lane of ['a', 'b', 'c', 'd']) while (!push(lane));
    for (const lane of ['a', 'b', 'c', 'd']) {
      expect(flow.isHeld(lane)).toBe(true);
      expect(queue.bytesOf(lane)).toBeGreaterThanOrEqual(2000);
    }
    expect(queue.bytes).toBeLessThanOrEqual(16_000);
  });

  it('goes on in any case when nothing waits any more', () => {
    const { push, take } = flowOf(1000, 1000);
    expect(push('a')).toBe(true);
    expect(take('a')).toBe(true);
  });
});
