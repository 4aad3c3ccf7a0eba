import { describe, expect, it } from 'vitest';
import { drawDtwMedoids, openDtwDistances } from '../../../src/encode/views/dtw-medoids.js';
import { createWasmEngine } from '../../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { createDtwMeter } from '../../../src/numeric/dtw.js';
import { createRandom } from '../../../src/numeric/random.js';

const SHAPE = { steps: 12, channels: 2 };
const CELLS = SHAPE.steps * SHAPE.channels;

function draw(rows: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: rows * CELLS }, () => random.normal());
}

describe('medoids by dynamic time warping', () => {
  it('are windows, no two alike, and as many as differ', () => {
    const usage = draw(60);
    const { count, values, band } = drawDtwMedoids(usage, 60, SHAPE, 3);
    expect([count, band]).toEqual([32, 1]);
    const rows = Array.from({ length: 60 }, (_, row) => usage.subarray(row * CELLS, (row + 1) * CELLS).join());
    const drawn = Array.from({ length: count }, (_, i) => values.subarray(i * CELLS, (i + 1) * CELLS).join());
    expect(drawn.every((window) => rows.includes(window))).toBe(true);
    expect(new Set(drawn).size).toBe(count);

    const few = new Float32Array(50 * CELLS);
    for (let row = 0; row < 50; row++) few.set(usage.subarray((row % 4) * CELLS, ((row % 4) + 1) * CELLS), row * CELLS);
    expect(drawDtwMedoids(few, 50, SHAPE, 3).count).toBe(4);
    expect(drawDtwMedoids(few.subarray(0, CELLS), 1, SHAPE, 3).count).toBe(1);
  });

  it('lie in every group that lies far from the others', () => {
    const usage = draw(300).map((value, at) => 0.01 * value + 100 * (Math.floor(at / CELLS) % 20));
    const { count, values } = drawDtwMedoids(usage, 300, SHAPE, 5);
    const groups = new Set(Array.from({ length: count }, (_, i) => Math.round(values[i * CELLS]! / 100)));
    expect(groups.size).toBe(20);
  });

  it('depend on the seed alone', () => {
    const usage = draw(60);
    expect(drawDtwMedoids(usage, 60, SHAPE, 3)).toEqual(drawDtwMedoids(usage, 60, SHAPE, 3));
    expect(drawDtwMedoids(usage, 60, SHAPE, 4)).not.toEqual(drawDtwMedoids(usage, 60, SHAPE, 3));
  });

  it('give the roots of the distances of each window', () => {
    const usage = draw(20);
    const medoids = drawDtwMedoids(usage, 20, SHAPE, 3);
    const { count, extract } = openDtwDistances(medoids, SHAPE);
    const out = new Float32Array(5 * count);
    extract(usage, 5, out);
    const meter = createDtwMeter({ ...SHAPE, band: medoids.band });
    for (let row = 0; row < 5; row++) {
      for (let i = 0; i < count; i++) {
        const squared = meter.squared(usage, row * CELLS, medoids.values, i * CELLS);
        expect(out[row * count + i]).toBeCloseTo(squared ** 0.25, 5);
      }
    }
  });

  it('and distances are the same bits on the kernel as in plain typed arrays', () => {
    const usage = draw(60);
    const engine = createWasmEngine();
    const medoids = drawDtwMedoids(usage, 60, SHAPE, 3);
    expect(drawDtwMedoids(usage, 60, SHAPE, 3, engine)).toEqual(medoids);
    const distancesOn = (...given: [] | [typeof engine]): Float32Array => {
      const { count, extract } = openDtwDistances(medoids, SHAPE, ...given);
      const out = new Float32Array(60 * count);
      extract(usage, 60, out);
      return out;
    };
    expect(distancesOn(engine)).toEqual(distancesOn());
    engine.dispose();
  });

  it('are drawn, and distances stay finite, where squares are beyond single precision', () => {
    const usage = draw(8).map((value) => 1e25 * value);
    const medoids = drawDtwMedoids(usage, 8, SHAPE, 3);
    expect(medoids.count).toBe(8);
    const out = new Float32Array(8 * 8);
    openDtwDistances(medoids, SHAPE).extract(usage, 8, out);
    expect(out.every(Number.isFinite)).toBe(true);
  });
});
