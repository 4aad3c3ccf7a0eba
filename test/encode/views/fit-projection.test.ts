import { describe, expect, it } from 'vitest';
import { fitProjection } from '../../../src/encode/views/fit-projection.js';
import { createProjector, type ViewProjection } from '../../../src/encode/views/view-projection.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createRandom } from '../../../src/numeric/random.js';

const engine = createJsEngine();
/** Of rules. */
const leastSpread = 1e-5;
const MOST = { leastShare: 0, most: 50 };

function project(view: ViewProjection | undefined, features: ArrayLike<number>): number[] {
  const rows = features.length / view!.features;
  const out = new Float32Array(rows * view!.size);
  createProjector(view!, engine, rows).project(Float32Array.from(features), rows, out, 0, view!.size);
  return [...out];
}

const close = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 5));

describe('fitProjection', () => {
  it('standardises, leaves out what has no spread, and makes the total variance 1', async () => {
    // Means 2, 5 and 30; deviations 1, 0 and 10; two features of variance 1 share a total of 1.
    const features = Float32Array.of(1, 5, 20, 3, 5, 40, 1, 5, 40, 3, 5, 20);
    const view = await fitProjection(features, 4, 3, { standardise: true, leastSpread }, engine);
    const half = Math.SQRT1_2;
    expect(view).toMatchObject({ features: 3, size: 2, bounds: undefined });
    expect(project(view, features)).toEqual(close([-half, -half, half, half, -half, half, half, -half]));
    expect(project(view, [2, 9000, 30])).toEqual(close([0, 0]));
    // Without, the second counts ten times as much.
    const plain = await fitProjection(features, 4, 3, { standardise: false, leastSpread }, engine);
    expect(project(plain, [3, 5, 40])).toEqual(close([1 / Math.sqrt(101), 10 / Math.sqrt(101)]));
  });

  it('cuts features off at their quantiles, of the fitted windows and of others', async () => {
    const features = Float32Array.from({ length: 101 }, (_, i) => (i === 100 ? 1e9 : i));
    const view = await fitProjection(
      features,
      101,
      1,
      { standardise: true, leastSpread, clip: { low: 0.1, high: 0.9 } },
      engine,
    );
    expect([...view!.bounds!]).toEqual([10, 90]);
    const [low, least, high, most] = project(view, [-5, 10, 1e30, 90]);
    expect([low, high]).toEqual([least, most]);
    expect(most).toBeCloseTo(-least!, 5);
  });

  it('keeps the components of the variance', async () => {
    // All variance on (1, 1) / √2.
    const view = await fitProjection(
      Float32Array.of(0, 0, 4, 4),
      2,
      2,
      { standardise: false, leastSpread, components: MOST },
      engine,
    );
    expect(view!.size).toBe(1);
    expect(project(view, [0, 0, 4, 4, 4, 0])).toEqual(close([-1, 1, 0]));
  });

  it.each([
    [100, 30],
    [100, 700],
    [900, 700],
  ])('keeps the distances of %i windows with %i features that lie in few dimensions', async (rows, count) => {
    const random = createRandom(4);
    const directions = Array.from({ length: 3 * count }, () => random.normal());
    const features = new Float32Array(rows * count);
    for (let row = 0; row < rows; row++) {
      const place = [3 * random.normal(), random.normal(), 0.3 * random.normal()];
      for (let i = 0; i < count; i++) {
        features[row * count + i] = 2 + place.reduce((sum, x, k) => sum + x * directions[k * count + i]!, 0);
      }
    }
    const view = await fitProjection(
      features,
      rows,
      count,
      { standardise: false, leastSpread, components: MOST },
      engine,
    );
    expect(view!.size).toBe(3);
    const projected = project(view, features);
    const distance = (values: ArrayLike<number>, size: number, a: number, b: number): number => {
      let squares = 0;
      for (let i = 0; i < size; i++) squares += (values[a * size + i]! - values[b * size + i]!) ** 2;
      return Math.sqrt(squares);
    };
    const factor = distance(projected, 3, 0, 1) / distance(features, count, 0, 1);
    for (let row = 2; row < rows; row += 7) {
      expect(distance(projected, 3, 0, row) / distance(features, count, 0, row) / factor).toBeCloseTo(1, 4);
    }
  });

  it('is none where there is no spread, or nothing but rounding', async () => {
    for (const features of [Float32Array.of(1, 2, 1, 2), Float32Array.of(1, 2, 1 + 1e-6, 2)]) {
      expect(
        await fitProjection(features, 2, 2, { standardise: true, leastSpread, components: MOST }, engine),
      ).toBeUndefined();
    }
    expect(await fitProjection(new Float32Array(0), 3, 0, { standardise: true, leastSpread }, engine)).toBeUndefined();
  });
});
