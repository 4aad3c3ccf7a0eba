import { describe, expect, it } from 'vitest';
import { firstPlaces } from '../../../src/encode/neighbours/first-places.js';
import { createRandom } from '../../../src/numeric/random.js';

const STILL = { normal: () => 0 };

describe('firstPlaces', () => {
  it('lays rows along their principal component, the furthest at ten', async () => {
    const values = Float32Array.of(0, 0, 3, 4, -3, -4, 6, 8, -6, -8);
    const places = await firstPlaces(values, 5, 2, 1, STILL);
    const sign = Math.sign(places[1]!);
    for (const [i, place] of [0, 5, -5, 10, -10].entries()) expect(sign * places[i]!).toBeCloseTo(place, 10);
  });

  it('does not ask where the rows lie in their space', async () => {
    const random = createRandom(4);
    const values = Float32Array.from({ length: 60 }, () => random.normal());
    const moved = values.map((value) => value + 64);
    const places = await firstPlaces(values, 20, 3, 2, STILL);
    for (const [at, place] of (await firstPlaces(moved, 20, 3, 2, STILL)).entries()) {
      expect(place).toBeCloseTo(places[at]!, 3);
    }
  });

  it('leaves coordinates that no component is for at zero, but for the noise', async () => {
    const places = await firstPlaces(Float32Array.of(1, 2, 3), 3, 1, 4, STILL);
    expect([1, 2, 3].map((c) => [0, 1, 2].map((i) => places[4 * i + c]))).toEqual(Array(3).fill([0, 0, 0]));
    const parted = await firstPlaces(new Float32Array(6), 3, 2, 2, createRandom(1));
    expect(new Set(parted).size).toBe(6);
    for (const place of parted) expect(Math.abs(place)).toBeLessThan(0.01);
  });
});
