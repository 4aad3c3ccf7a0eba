import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestNeighbours } from '../../../src/encode/neighbours/nearest-neighbours.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { openEngine } from '../../../src/encode/vrae/engines/open-engine.js';
import { createRandom } from '../../../src/numeric/random.js';

const ENGINE = createJsEngine();

describe('nearestNeighbours', () => {
  it('finds the nearest other rows, nearest first', () => {
    const found = nearestNeighbours(Float32Array.of(0, 1, 3, 7), 4, 1, 2, ENGINE);
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
          const found = nearestNeighbours(points, length, size, k, ENGINE);
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

  it('finds the same on every engine, where rows are equal, nearly so, or far off the others', async () => {
    const random = createRandom(4);
    const length = 150;
    const size = 7;
    const points = new Float32Array(length * size);
    for (let i = 0; i < length; i++) {
      const extent = i % 50 === 0 ? 1e3 : i % 3 === 0 ? 1e-4 : 1;
      for (let m = 0; m < size; m++) points[i * size + m] = i % 5 === 0 ? 0.1 : 3 + extent * random.normal();
    }
    const wanted = nearestNeighbours(points, length, size, 6, ENGINE);
    for (const name of ['native', 'wasm'] as const) {
      const opened = await openEngine(name).catch(() => undefined);
      if (opened === undefined) expect(name).toBe('native');
      else expect(nearestNeighbours(points, length, size, 6, opened.engine)).toEqual(wanted);
      opened?.engine.dispose();
    }
    for (let i = 0; i < length; i++) {
      const distances = Float64Array.from({ length }, (_, j) =>
        i === j ? Number.POSITIVE_INFINITY : squaredDistance(points, size, i, j),
      );
      expect([...wanted.squared.subarray(i * 6, (i + 1) * 6)]).toEqual([...distances.sort().subarray(0, 6)]);
    }
  });

  it('has nothing to find beside a single row', () => {
    expect(nearestNeighbours(Float32Array.of(1, 2), 1, 2, 5, ENGINE)).toMatchObject({ length: 1, k: 0 });
  });
});

function squaredDistance(points: Float32Array, size: number, i: number, j: number): number {
  let sum = 0;
  for (let m = 0; m < size; m++) sum += (points[i * size + m]! - points[j * size + m]!) ** 2;
  return sum;
}
