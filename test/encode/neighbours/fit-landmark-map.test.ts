import { describe, expect, it } from 'vitest';
import { fitLandmarkMap } from '../../../src/encode/neighbours/fit-landmark-map.js';
import { createPlaceReader } from '../../../src/encode/neighbours/landmark-map.js';
import type { WeightedView } from '../../../src/encode/neighbours/lay-out-windows.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createRandom } from '../../../src/numeric/random.js';

const ENGINE = createJsEngine();

describe('fitLandmarkMap', () => {
  it('brings together what the views that count agree on, for windows that were not fitted too', async () => {
    const fitted = groups(120, 1);
    const map = await fitLandmarkMap(
      { length: 120, views: [fitted.view, { ...noise(120, 2), weight: 0 }] },
      { seed: 1 },
      ENGINE,
    );
    const unseen = groups(60, 9);
    const reader = createPlaceReader(map, createJsEngine(), 60);
    for (let i = 0; i < 60; i++) reader.inputs.values.set([...unseen.view.values.subarray(2 * i, 2 * i + 2), 0], 3 * i);
    const places = new Float32Array(60 * map.size);
    reader.place(60, places);
    let right = 0;
    for (let i = 0; i < 60; i++) {
      let nearest = -1;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0; j < 60; j++) {
        let squared = 0;
        for (let m = 0; m < map.size; m++) squared += (places[i * map.size + m]! - places[j * map.size + m]!) ** 2;
        if (j !== i && squared < least) [least, nearest] = [squared, j];
      }
      if (unseen.group[i] === unseen.group[nearest]) right++;
    }
    expect(right).toBe(60);
  });

  it('keeps no more landmarks than asked for, with their own places', async () => {
    const { view } = groups(50, 3);
    const all = await fitLandmarkMap({ length: 50, views: [view] }, { seed: 5, size: 2 }, ENGINE);
    const few = await fitLandmarkMap({ length: 50, views: [view] }, { seed: 5, size: 2, landmarks: 20 }, ENGINE);
    expect(all.length).toBe(50);
    expect(few.length).toBe(20);
    for (let i = 0; i < 20; i++) {
      const at = [...Array(50).keys()].find((j) =>
        [0, 1].every((m) => all.landmarks[j * 2 + m] === few.landmarks[i * 2 + m]),
      )!;
      expect(few.places.subarray(i * 2, i * 2 + 2)).toEqual(all.places.subarray(at * 2, at * 2 + 2));
    }
  });

  it('gives the same map for the same windows and seed', async () => {
    const { view } = groups(40, 4);
    const fitAgain = () => fitLandmarkMap({ length: 40, views: [view] }, { seed: 2 }, ENGINE);
    expect(await fitAgain()).toEqual(await fitAgain());
  });

  it('starts from given places', async () => {
    const { view } = groups(40, 4);
    const initialPlaces = Float32Array.from({ length: 80 }, (_, at) => 1000 + (at % 2) * 500);
    const map = await fitLandmarkMap({ length: 40, views: [view] }, { seed: 2, size: 2, initialPlaces }, ENGINE);
    expect(Math.min(...map.places)).toBeGreaterThan(500);
  });

  it.each([
    ['one window', 1, groups(1, 1).view],
    ['two windows', 2, groups(2, 1).view],
    ['identical windows', 30, { size: 2, values: new Float32Array(60), weight: 1 }],
    ['no view that says anything', 30, { size: 0, values: new Float32Array(0), weight: 0 }],
  ])('stays finite with %s', async (_, length, view) => {
    const map = await fitLandmarkMap({ length, views: [view] }, { seed: 1 }, ENGINE);
    const reader = createPlaceReader(map, createJsEngine(), 4);
    const places = new Float32Array(4 * map.size);
    reader.place(4, places);
    expect([...places].every(Number.isFinite)).toBe(true);
  });
});

/** Three groups in two dimensions, far from each other. */
function groups(length: number, seed: number): { view: WeightedView; group: number[] } {
  const random = createRandom(seed);
  const group = Array.from({ length }, (_, i) => i % 3);
  const values = Float32Array.from(
    group.flatMap((g) => [Math.cos(g * 2) + 0.1 * random.normal(), Math.sin(g * 2) + 0.1 * random.normal()]),
  );
  return { view: { size: 2, values, weight: 1 }, group };
}

function noise(length: number, seed: number): WeightedView {
  const random = createRandom(seed);
  return { size: 1, values: Float32Array.from({ length }, () => random.normal()), weight: 1 };
}
