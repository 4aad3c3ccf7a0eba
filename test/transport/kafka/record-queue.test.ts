import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordQueue } from '../../../src/transport/kafka/record-queue.js';
import { fetchedRecords, offsetsOf } from './kafka-records.js';

describe('record queue', () => {
  it('shows the next records of a partition, some bytes of them and one at least', () => {
    const queue = createRecordQueue();
    queue.push(3, fetchedRecords(['a', 'b', 'c', 'd']));
    expect(offsetsOf(queue.peek(3, 1))).toEqual([0]);
    // 19 bytes each: the second passes 30.
    expect(offsetsOf(queue.peek(3, 30))).toEqual([0, 1]);
    queue.take(3, 1);
    expect(offsetsOf(queue.peek(3, 10_000))).toEqual([1, 2, 3]);
    expect(queue.peek(4, 10_000).length).toBe(0);
  });

  it('puts small pieces together, as far as that is worth it', () => {
    const queue = createRecordQueue();
    for (let i = 0; i < 100; i++) queue.push(0, fetchedRecords(['x'], i));
    expect(offsetsOf(queue.peek(0, 10_000))).toEqual(Array.from({ length: 100 }, (_, i) => i));
    queue.push(0, fetchedRecords(['x'.repeat(70_000)], 100));
    queue.push(0, fetchedRecords(['y'], 101));
    queue.take(0, 100);
    expect(offsetsOf(queue.peek(0, 200_000))).toEqual([100]);
    queue.take(0, 1);
    expect(queue.first(0)).toBe(101n);
    expect(queue.bytes).toBe(19);
  });

  it('shows the same object until records are taken, so that one can tell that nothing is new', () => {
    const queue = createRecordQueue();
    queue.push(0, fetchedRecords(['a', 'b', 'c']));
    const shown = queue.peek(0, 30);
    expect(queue.peek(0, 30)).toBe(shown);
    queue.take(0, 1);
    expect(offsetsOf(queue.peek(0, 30))).toEqual([1, 2]);
    expect(offsetsOf(queue.peek(0, 10_000, 2n))).toEqual([1]);
  });

  it('forgets what waits of a dropped partition, and its bytes', () => {
    const queue = createRecordQueue();
    queue.push(0, fetchedRecords(['a', 'b']));
    queue.push(1, fetchedRecords(['c']));
    queue.take(0, 1);
    queue.drop(0);
    expect(queue.partitions).toEqual([1]);
    expect(queue.bytes).toBe(19);
  });

  it('hands over every record once, in order, and holds no bytes in the end', () => {
    const pushes = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 5 })));
    fc.assert(
      fc.property(pushes, fc.infiniteStream(fc.integer({ min: 1, max: 400 })), (all, sizes) => {
        const queue = createRecordQueue();
        const pushed = new Map<number, number>();
        for (const [partition, count] of all) {
          const first = pushed.get(partition) ?? 0;
          queue.push(
            partition,
            fetchedRecords(
              Array.from({ length: count }, () => 'x'),
              first,
            ),
          );
          pushed.set(partition, first + count);
        }
        const taken = new Map<number, number>();
        for (let [partition] = queue.partitions; partition !== undefined; [partition] = queue.partitions) {
          const records = queue.peek(partition, sizes.next().value!);
          const from = taken.get(partition) ?? 0;
          expect(offsetsOf(records)).toEqual(Array.from({ length: records.length }, (_, i) => from + i));
          queue.take(partition, records.length);
          taken.set(partition, from + records.length);
        }
        for (const [partition, count] of pushed) expect(taken.get(partition) ?? 0).toBe(count);
        expect(queue.bytes).toBe(0);
      }),
    );
  });
});
