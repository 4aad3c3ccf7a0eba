import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import { type ViewValues, viewAgreement } from '../../src/train/view-agreement.js';

describe('viewAgreement', () => {
  it('is 1 for views that say the same, whatever their scale and size', async () => {
    const view = groups(200, 1);
    const stretched = { size: 2, values: Float32Array.from(view.values, (value) => 100 * value) };
    const doubled = { size: 4, values: Float32Array.from({ length: 800 }, (_, at) => twice(view, at)) };
    for (const weight of await viewAgreement([view, stretched, doubled], 200, 3)) expect(weight).toBeCloseTo(1, 5);
  });

  it('weighs a view of noise below those that agree', async () => {
    const [a, b, other] = await viewAgreement([groups(300, 1), groups(300, 2), noise(300, 3)], 300, 1);
    expect(other).toBeLessThan(0.2);
    expect(a).toBeGreaterThan(2 * other!);
    expect(b).toBeGreaterThan(2 * other!);
  });

  it('gives a view without numbers nothing, and leaves it out of the others', async () => {
    const views = [groups(120, 1), groups(120, 2)];
    const none = { size: 0, values: new Float32Array(0) };
    const [a, nothing, b] = await viewAgreement([views[0]!, none, views[1]!], 120, 5);
    expect(nothing).toBe(0);
    expect([a, b]).toEqual(await viewAgreement(views, 120, 5));
  });

  it('gives a view that is alone 1, and each of those that do not agree at all', async () => {
    const none = { size: 0, values: new Float32Array(0) };
    expect(await viewAgreement([none, groups(50, 1)], 50, 1)).toEqual([0, 1]);
    expect(await viewAgreement([none], 50, 1)).toEqual([0]);
    const alike = { size: 1, values: new Float32Array(50) };
    expect(await viewAgreement([alike, noise(50, 1)], 50, 1)).toEqual([1, 1]);
  });

  it('is the same for the same seed, and hardly another for another', async () => {
    const views = [groups(2_000, 1), groups(2_000, 2), noise(2_000, 3)];
    const first = await viewAgreement(views, 2_000, 1);
    expect(await viewAgreement(views, 2_000, 1)).toEqual(first);
    const again = await viewAgreement(views, 2_000, 2);
    for (const [i, weight] of first.entries()) expect(Math.abs(again[i]! - weight)).toBeLessThan(0.1);
  });
});

/** Four groups on a square; windows of the same row are in the same group whatever the seed. */
function groups(length: number, seed: number): ViewValues {
  const random = createRandom(seed);
  const values = new Float32Array(2 * length);
  for (let i = 0; i < length; i++) {
    values[2 * i] = (i % 2) + 0.05 * random.normal();
    values[2 * i + 1] = (Math.floor(i / 2) % 2) + 0.05 * random.normal();
  }
  return { size: 2, values };
}

function noise(length: number, seed: number): ViewValues {
  const random = createRandom(seed);
  return { size: 1, values: Float32Array.from({ length }, () => random.normal()) };
}

function twice({ values }: ViewValues, at: number): number {
  return values[2 * Math.floor(at / 4) + (at % 2)]!;
}
