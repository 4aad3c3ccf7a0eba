import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestNeighbours } from '../../../src/encode/neighbours/nearest-neighbours.js';

describe('nearestNeighbours', () => {
  it('finds the nearest other rows, nearest first', () => {
    const found = nearestNeighbours(Float32Array.of(0, 1, 3, 7), 4, 1, 2);
    expect([...found.indices]).toEqual([1, 2, 0, 2, 1, 0, 2, 1]);
    expect([...found.squared]).toEqual([1, 9, 1, 4, 4, 9, 16, 36]);
  });

  it('agrees with sorting all distances', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.infiniteStream(fc.integer({ min: -4, max: 4 })),
        (length, size, k, stream) => {
          const points = Float32Array.from({ length: length * size }, () => stream.next().value as number);
          const found = nearestNeighbours(points, length, size, k);
          expect(found.k).toBe(Math.min(k, length - 1));
          for (let i = 0; i < length; i++) {
            const others = Array.from({ length }, (_, j) => j).filter((j) => j !== i);
            const distance = (j: number): number =>
              Array.from({ length: size }, (_, m) => (points[i * size + m]! - points[j * size + m]!) ** 2).reduce(
                (a, b) => a + b,
              );
            const wanted = others.sort((a, b) => distance(a) - distance(b) || a - b).slice(0, found.k);
            expect([...found.indices.subarray(i * found.k, (i + 1) * found.k)]).toEqual(wanted);
          }
        },
      ),
    );
  });

  it('has nothing to find beside a single row', () => {
    expect(nearestNeighbours(Float32Array.of(1, 2), 1, 2, 5)).toMatchObject({ length: 1, k: 0 });
  });
});
