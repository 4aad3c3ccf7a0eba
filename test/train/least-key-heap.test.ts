import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLeastKeyHeap } from '../../src/train/least-key-heap.js';

describe('a heap of the least key', () => {
  it('knows the row of the least key, however keys come and change', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 30 }), fc.array(fc.nat(80)), (first, later) => {
        const keys = new Float64Array(first.length);
        const heap = createLeastKeyHeap(keys);
        for (const [row, key] of first.entries()) {
          keys[row] = key;
          heap.add(row);
          expect(keys[heap.least!]).toBe(Math.min(...first.slice(0, row + 1)));
        }
        for (const key of later) {
          keys[heap.least!] = key;
          heap.settleLeast();
          expect(keys[heap.least!]).toBe(Math.min(...keys));
        }
        expect(heap.length).toBe(first.length);
        heap.clear();
        expect([heap.length, heap.least]).toEqual([0, undefined]);
      }),
    );
  });
});
