import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordQueue } from '../../../src/transport/kafka/record-queue.js';
import { kafkaRecords } from './kafka-records.js';

const offsets = (records: readonly { readonly offset: string }[]) => records.map((record) => Number(record.offset));

describe('record queue', () => {
  it('shows the next records of a partition, some bytes of them and one at least', () => {
    const queue = createRecordQueue();
    queue.push(3, kafkaRecords(['a', 'b', 'c', 'd']));
    expect(offsets(queue.peek(3, 1))).toEqual([0]);
    // 101 bytes each: the second passes 150.
    expect(offsets(queue.peek(3, 150))).toEqual([0, 1]);
    queue.take(3, 1);
    expect(offsets(queue.peek(3, 10_000))).toEqual([1, 2, 3]);
    expect(queue.peek(4, 10_000)).toEqual([]);
  });

  it('forgets what waits of a dropped partition, and its bytes', () => {
    const queue = createRecordQueue();
    queue.push(0, kafkaRecords(['a', 'b']));
    queue.push(1, kafkaRecords(['c']));
    queue.take(0, 1);
    queue.drop(0);
    expect(queue.partitions).toEqual([1]);
    expect(queue.bytes).toBe(101);
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
            kafkaRecords(
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
          expect(offsets(records)).toEqual(Array.from(records, (_, i) => from + i));
          queue.take(partition, records.length);
          taken.set(partition, from + records.length);
        }
        for (const [partition, count] of pushed) expect(taken.get(partition) ?? 0).toBe(count);
        expect(queue.bytes).toBe(0);
      }),
    );
  });
});
