import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlaceReader, type LandmarkMap } from '../../../src/encode/neighbours/landmark-map.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { openEngine } from '../../../src/encode/vrae/engines/open-engine.js';
import type { RecurrentEngine } from '../../../src/encode/vrae/recurrent-engine.js';
import { createRandom } from '../../../src/numeric/random.js';
import { onLine } from '../../support/landmark-maps.js';

describe('createPlaceReader', () => {
  it('weighs the nearest landmarks by how much nearer they are than the first one left out', () => {
    // From 1: landmarks at 0 and 3 have d² 1 and 4; the one at 5, left out, has 16. Weights 15/16 and 12/16.
    const map = onLine([0, 3, 5, 50], [0, 90, 1000, 5000], 2);
    expect(read(map, createJsEngine(), [[1]])[0]).toBeCloseTo((12 * 90) / (15 + 12), 4);
  });

  it('does not jump where a landmark comes in and another goes out', () => {
    const map = onLine([0, 1, 2, 3], [0, 10, 40, 90], 2);
    const [before, after] = read(map, createJsEngine(), [[1.5 - 1e-6], [1.5 + 1e-6]]);
    expect(Math.abs(before! - after!)).toBeLessThan(1e-3);
  });

  it('takes the plain mean of landmarks that are all as far as the next', () => {
    expect(read(onLine([2, 2, 2], [3, 6, 9], 2), createJsEngine(), [[7]])).toEqual([4.5]);
    expect(read(onLine([2, 2], [3, 6], 5), createJsEngine(), [[2]])).toEqual([4.5]);
  });

  it('never leaves what was fitted, however far off a window is', () => {
    const places = read(onLine([0, 1, 2], [5, 6, 7], 2), createJsEngine(), [[-1e9], [1e9]]);
    for (const place of places) {
      expect(place).toBeGreaterThanOrEqual(5);
      expect(place).toBeLessThanOrEqual(7);
    }
  });

  it('reads a row the same whatever batch it comes in, and within 1e-5 on every engine', async () => {
    const random = createRandom(5);
    const inputs = 13;
    const map: LandmarkMap = {
      length: 150,
      inputs,
      size: 3,
      neighbours: 15,
      landmarks: Float32Array.from({ length: 150 * inputs }, () => random.normal()),
      places: Float32Array.from({ length: 150 * 3 }, () => random.normal()),
    };
    const rows = Array.from({ length: 37 }, () => Array.from({ length: inputs }, () => Math.fround(random.normal())));
    const wanted = read(map, createJsEngine(), rows);
    for (const name of ['native', 'wasm'] as const) {
      const opened = await openEngine(name).catch(() => undefined);
      if (opened === undefined) {
        expect(name).toBe('native');
        continue;
      }
      const { engine } = opened;
      const places = read(map, engine, rows);
      for (const [i, place] of places.entries()) expect(Math.abs(place - wanted[i]!)).toBeLessThan(1e-5);
      expect(read(map, engine, rows.slice(20, 23))).toEqual(places.slice(60, 69));
      engine.dispose();
    }
  });

  it('is a weighted mean: of places all alike it reads that place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: -60, max: 60 }),
        (landmarks, neighbours, at) => {
          const map = onLine(
            landmarks,
            landmarks.map(() => 7),
            neighbours,
          );
          expect(read(map, createJsEngine(), [[at]])[0]).toBeCloseTo(7, 5);
        },
      ),
    );
  });
});

function read(map: LandmarkMap, engine: RecurrentEngine, rows: number[][]): number[] {
  const reader = createPlaceReader(map, engine, rows.length);
  reader.inputs.values.set(rows.flat());
  const out = new Float32Array(rows.length * map.size);
  reader.place(rows.length, out);
  return [...out];
}
