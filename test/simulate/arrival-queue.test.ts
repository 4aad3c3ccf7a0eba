import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalQueue } from '../../src/simulate/arrival-queue.js';

describe('ArrivalQueue', () => {
  it('knows when it is empty', () => {
    expect(new ArrivalQueue().nextArrival).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives back what it was given', () => {
    const queue = new ArrivalQueue();
    queue.push(20, 2, 22, 222, 2222, true);
    queue.push(10, 1, 11, 111, 1111, false);
    queue.pop();
    expect(queue).toMatchObject({ time: 1, customer: 11, value: 111, eventNumber: 1111, isDuplicate: false });
    queue.pop();
    expect(queue).toMatchObject({ time: 2, customer: 22, value: 222, eventNumber: 2222, isDuplicate: true });
    expect(queue.nextArrival).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives events in the order of arrival, however they are pushed and taken', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(1000), { freq: 3 }), { maxLength: 400 }), (steps) => {
        const queue = new ArrivalQueue();
        const reference: number[] = [];
        for (const arrival of steps) {
          if (arrival !== null) {
            queue.push(arrival, arrival + 1, 0, 0, 0, false);
            reference.push(arrival);
            reference.sort((a, b) => a - b);
          } else if (reference.length > 0) {
            queue.pop();
            expect(queue.time - 1).toBe(reference.shift());
          }
          expect(queue.nextArrival).toBe(reference[0] ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });
});
