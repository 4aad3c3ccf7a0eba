import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import { neighbourAgreement, type Points } from '../../src/train/neighbour-agreement.js';

function points(size: number, rows: number, seed: number): Points {
  const random = createRandom(seed);
  return { size, values: Float32Array.from({ length: rows * size }, () => random.next()) };
}

describe('neighbourAgreement', () => {
  it('is 1 where a map is the description, stretched', () => {
    const described = points(3, 60, 1);
    expect(neighbourAgreement(described, { size: 3, values: described.values.map((v) => 7 * v) }, 60)).toBe(1);
  });

  it('is about ten in all others where a map knows nothing', () => {
    expect(neighbourAgreement(points(3, 201, 1), points(2, 201, 2), 201)).toBeCloseTo(10 / 200, 1);
  });

  it('counts the shared neighbours of each row', () => {
    // Twelve in a row: everybody has ten nearest of eleven others. The map takes the first to the other end.
    const line = Float32Array.from({ length: 12 }, (_, i) => i);
    const moved = Float32Array.from(line, (x) => (x === 0 ? 12 : x));
    // Left out by the line: row 11 for rows 0 to 5, row 0 for 6 to 11. By the map: row 11 for row 1 … no longer: row 0 is
    // the last of all for rows 1 to 6, row 1 for the others. Both leave out the same one for row 6 alone.
    expect(neighbourAgreement({ size: 1, values: line }, { size: 1, values: moved }, 12)).toBeCloseTo(109 / 120);
  });

  it('is 1 where all rows are alike, and unknown for one row', () => {
    expect(
      neighbourAgreement({ size: 1, values: new Float32Array(30) }, { size: 2, values: new Float32Array(60) }, 30),
    ).toBe(1);
    expect(neighbourAgreement(points(1, 1, 1), points(1, 1, 1), 1)).toBeUndefined();
  });
});
