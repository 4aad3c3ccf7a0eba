import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapRows } from '../../src/numeric/affine-map.js';
import { type Procrustes, type ProcrustesOptions, procrustes } from '../../src/numeric/procrustes.js';
import { createRandom } from '../../src/numeric/random.js';

/** A cross around (1, 2), and the same a quarter turn on, twice as large, around (-3, 0). */
const CROSS = [2, 2, 0, 2, 1, 4, 1, 0];
const TURNED = [-3, 2, -3, -2, -7, 0, 1, 0];

describe('procrustes', () => {
  it('turns a cross by hand-worked numbers, and by its factor where it may stretch', async () => {
    const turned = await fitted(CROSS, 2, TURNED, 2);
    expectNear(turned.map.matrix, [0, 1, -1, 0]);
    expectNear(turned.map.offset, [-1, -1]);
    // Half of each arm is left: errors 1 + 1 + 4 + 4 of a spread of 4 + 4 + 16 + 16.
    expect(turned.residual).toBeCloseTo(0.5, 12);

    const stretched = await fitted(CROSS, 2, TURNED, 2, { scale: true });
    expectNear(stretched.map.matrix, [0, 2, -2, 0]);
    expectNear(stretched.map.offset, [1, -2]);
    expect(stretched.residual).toBeCloseTo(0, 12);
    expectNear(mapRows(stretched.map, Float32Array.from(CROSS)), TURNED);
  });

  it('mirrors, too', async () => {
    const { map, residual } = await fitted([0, 0, 3, 0, 0, 1, 1, 5], 2, [0, 0, -3, 0, 0, 1, -1, 5], 2);
    expectNear(map.matrix, [-1, 0, 0, 1]);
    expect(residual).toBeCloseTo(0, 12);
  });

  it('recovers any orthogonal map, shift and scale, and tells the residual of the noise', async () => {
    const cases = fc.record({
      seed: fc.integer(),
      size: fc.integer({ min: 1, max: 12 }),
      scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
      noise: fc.constantFrom(0, 0.05),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, size, scale, noise }) => {
        const random = createRandom(seed);
        const rows = Float32Array.from({ length: 2_000 * size }, () => random.normal());
        const rotation = orthogonal(size, random.normal);
        const shift = Array.from({ length: size }, () => 5 * random.normal());
        const exact = mapRows(
          {
            inputs: size,
            outputs: size,
            matrix: rotation.map((value) => scale * value),
            offset: Float64Array.from(shift),
          },
          rows,
        );
        const targets = exact.map((value) => value + scale * noise * random.normal());
        const { map, residual } = await fitted(rows, size, targets, size, { scale: true });
        map.matrix.forEach((value, at) => {
          expect(Math.abs(value - scale * rotation[at]!)).toBeLessThan(scale * (noise === 0 ? 1e-5 : 0.1));
        });
        expect(residual).toBeGreaterThanOrEqual(0.8 * noise);
        expect(residual).toBeLessThan(1.2 * noise + 1e-5);
      }),
      { numRuns: 60 },
    );
  });

  it('is never beaten by another rotation', async () => {
    const random = createRandom(4);
    const rows = Float32Array.from({ length: 50 * 3 }, () => random.normal());
    const targets = Float32Array.from({ length: 50 * 3 }, () => random.normal());
    const best = await fitted(rows, 3, targets, 3);
    const center = meansOf(rows, 3);
    const target = meansOf(targets, 3);
    for (let i = 0; i < 200; i++) {
      const matrix = orthogonal(3, random.normal);
      const offset = target.map((y, b) => y - center.reduce((sum, x, a) => sum + x * matrix[a * 3 + b]!, 0));
      const mapped = mapRows({ inputs: 3, outputs: 3, matrix, offset: Float64Array.from(offset) }, rows);
      expect(relativeError(mapped, targets, target)).toBeGreaterThan(best.residual - 1e-6);
    }
  });

  it('lays rows into more dimensions without distortion, and leaves out what fewer have no room for', async () => {
    const random = createRandom(8);
    const flat = Float32Array.from({ length: 100 * 2 }, () => random.normal());
    const directions = orthogonal(4, random.normal).subarray(0, 2 * 4);
    const map = { inputs: 2, outputs: 4, matrix: directions, offset: Float64Array.of(1, 2, 3, 4) };
    const deep = mapRows(map, flat);

    const wider = await fitted(flat, 2, deep, 4);
    expect(wider.map).toMatchObject({ inputs: 2, outputs: 4 });
    expectNear(wider.map.matrix, directions, 1e-5);
    expect(wider.residual).toBeLessThan(1e-6);

    const narrower = await fitted(deep, 4, flat, 2);
    expect(narrower.map).toMatchObject({ inputs: 4, outputs: 2 });
    expectNear(mapRows(narrower.map, deep), flat, 1e-5);
    expect(narrower.residual).toBeLessThan(1e-6);
  });

  it('passes over rows that are not finite in either', async () => {
    const rows = [...CROSS, Number.NaN, 0, 7, 7];
    const targets = [...TURNED, 1, 1, Number.POSITIVE_INFINITY, 0];
    expect(await fitted(rows, 2, targets, 2)).toEqual(await fitted(CROSS, 2, TURNED, 2));
  });

  it('has no map where fewer rows are left than would determine it', async () => {
    expect(await procrustes(new Float32Array(4), 2, new Float32Array(4), 2)).toBeUndefined();
    expect(await procrustes(new Float32Array(6), 2, new Float32Array(9), 3)).toBeUndefined();
    expect(await procrustes(new Float32Array(0), 2, new Float32Array(0), 2)).toBeUndefined();
  });

  it('stays finite where all rows or all targets are the same', async () => {
    const same = [1, 1, 1, 1, 1, 1, 1, 1];
    for (const scale of [false, true]) {
      const collapsed = await fitted(same, 2, TURNED, 2, { scale });
      expect(collapsed.residual).toBeCloseTo(1, 12);
      expectNear(mapRows(collapsed.map, Float32Array.of(1, 1)), [-3, 0]);
      const constant = await fitted(CROSS, 2, same, 2, { scale });
      expect(constant.residual).toBe(0);
      expect([...constant.map.matrix, ...constant.map.offset].every(Number.isFinite)).toBe(true);
    }
  });
});

async function fitted(
  rows: Iterable<number>,
  inputs: number,
  targets: Iterable<number>,
  outputs: number,
  options?: ProcrustesOptions,
): Promise<Procrustes> {
  return (await procrustes(Float32Array.from(rows), inputs, Float32Array.from(targets), outputs, options))!;
}

/** A random orthogonal matrix, by Gram and Schmidt. */
function orthogonal(size: number, normal: () => number): Float64Array {
  const rows: number[][] = [];
  while (rows.length < size) {
    let row = Array.from({ length: size }, normal);
    for (const other of rows) {
      const along = row.reduce((sum, x, i) => sum + x * other[i]!, 0);
      row = row.map((x, i) => x - along * other[i]!);
    }
    const length = Math.hypot(...row);
    if (length > 1e-3) rows.push(row.map((x) => x / length));
  }
  return Float64Array.from(rows.flat());
}

function meansOf(rows: Float32Array, size: number): number[] {
  const n = rows.length / size;
  return Array.from({ length: size }, (_, a) => rows.reduce((sum, x, at) => sum + (at % size === a ? x : 0), 0) / n);
}

function relativeError(mapped: Float32Array, targets: Float32Array, target: readonly number[]): number {
  const errors = targets.reduce((sum, y, at) => sum + (y - mapped[at]!) ** 2, 0);
  return Math.sqrt(errors / targets.reduce((sum, y, at) => sum + (y - target[at % target.length]!) ** 2, 0));
}

function expectNear(actual: Iterable<number>, expected: Iterable<number>, within = 1e-6): void {
  const wanted = [...expected];
  const got = [...actual];
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, at) => {
    expect(Math.abs(value - wanted[at]!)).toBeLessThan(within);
  });
}
