import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addOuterProducts, multiplyTransposed, transposeColumns } from '../../src/numeric/matrix.js';
import { createRandom } from '../../src/numeric/random.js';

function randomMatrix(rows: number, columns: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows * columns }, () => random.normal());
}

const size = fc.integer({ min: 1, max: 13 });

describe('multiplyTransposed', () => {
  it('multiplies a 2 x 2 by hand', () => {
    const out = new Float64Array(4);
    multiplyTransposed(Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8), out, 2, 2, 2);
    expect([...out]).toEqual([17, 23, 39, 53]);
  });

  it('equals the sum of products in order, bit for bit, for every size', () => {
    fc.assert(
      fc.property(size, size, size, fc.integer(), (rows, columns, inner, seed) => {
        const a = randomMatrix(rows, inner, seed);
        const b = randomMatrix(columns, inner, seed + 1);
        const out = new Float64Array(rows * columns).fill(Number.NaN);
        multiplyTransposed(a, b, out, rows, columns, inner);
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            for (let k = 0; k < inner; k++) sum += a[i * inner + k]! * b[j * inner + k]!;
            expect(out[i * columns + j]).toBe(sum);
          }
        }
      }),
    );
  });

  it('leaves what lies behind the last row alone', () => {
    const out = new Float64Array(9).fill(7);
    multiplyTransposed(randomMatrix(4, 3, 1), randomMatrix(2, 3, 2), out, 4, 2, 3);
    expect(out[8]).toBe(7);
  });
});

describe('addOuterProducts', () => {
  it('adds the outer product of every row to what was there, for every size', () => {
    fc.assert(
      fc.property(size, size, size, fc.integer(), (rows, aColumns, bColumns, seed) => {
        const a = randomMatrix(rows, aColumns, seed);
        const b = randomMatrix(rows, bColumns, seed + 1);
        const before = randomMatrix(aColumns, bColumns, seed + 2);
        const out = before.slice();
        addOuterProducts(a, b, out, rows, aColumns, bColumns);
        for (let i = 0; i < aColumns; i++) {
          for (let j = 0; j < bColumns; j++) {
            let sum = 0;
            for (let r = 0; r < rows; r++) sum += a[r * aColumns + i]! * b[r * bColumns + j]!;
            expect(out[i * bColumns + j]).toBe(before[i * bColumns + j]! + sum);
          }
        }
      }),
    );
  });
});

describe('transposeColumns', () => {
  it('keeps the first columns only', () => {
    const out = new Float64Array(4);
    transposeColumns(Float64Array.of(1, 2, 9, 3, 4, 9), out, 2, 3, 2);
    expect([...out]).toEqual([1, 3, 2, 4]);
  });
});
