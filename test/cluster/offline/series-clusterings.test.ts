import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex } from '../../../src/cluster/adjusted-rand-index.js';
import { assignByDtw } from '../../../src/cluster/offline/dtw-assign.js';
import { dtwKMeans } from '../../../src/cluster/offline/dtw-k-means.js';
import { envelopeOf, lowerBound } from '../../../src/cluster/offline/envelope.js';
import { kShape } from '../../../src/cluster/offline/k-shape.js';
import { type SeriesRows, standardiseRows } from '../../../src/cluster/offline/series-rows.js';
import { matchShape } from '../../../src/cluster/offline/shape-distance.js';
import { createDtwMeter } from '../../../src/numeric/dtw.js';

/** Made by `fixtures/make-series-clusterings.py` with tslearn. */
const FIXTURE = JSON.parse(readFileSync(new URL('./fixtures/series-clusterings.json', import.meta.url), 'utf8')) as {
  readonly steps: number;
  readonly channels: number;
  readonly band: number;
  readonly rows: number[][][];
  readonly truth: number[];
  readonly dtw: number[][];
  readonly shapeDistance: number[][];
  readonly kShape: { labels: number[]; inertia: number };
  readonly dtwKMeans: { labels: number[]; inertia: number };
  readonly barycentre: number[][];
};
const { steps, channels, band } = FIXTURE;
const warping = { steps, channels, band };
const cells = steps * channels;
const rows: SeriesRows = {
  length: FIXTURE.rows.length,
  steps,
  channels,
  values: Float32Array.from(FIXTURE.rows.flat(2)),
};
const first: SeriesRows = { ...rows, channels: 1, values: rows.values.filter((_, i) => i % channels === 0) };

describe('dynamic time warping', () => {
  it('in a band measures what tslearn measures', () => {
    const meter = createDtwMeter(warping);
    for (const [i, distances] of FIXTURE.dtw.entries()) {
      for (const [j, distance] of distances.entries()) {
        const squared = meter.squared(rows.values, i * cells, rows.values, j * cells);
        expect(Math.sqrt(squared)).toBeCloseTo(distance, 6);
        expect(meter.align(rows.values, i * cells, rows.values, j * cells, () => undefined)).toBeCloseTo(squared, 9);
      }
    }
  });

  it('is never less than its lower bound, nor more than step by step', () => {
    const series = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(series, series, fc.nat(6), fc.constantFrom(1, 2, 3), (a, b, width, count) => {
        const shape = { steps: 12 / count, channels: count, band: width };
        const distance = createDtwMeter(shape).squared(a, 0, b, 0);
        const straight = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
        expect(lowerBound(envelopeOf(a, shape), b, 0)).toBeLessThanOrEqual(distance + 1e-9);
        expect(distance).toBeLessThanOrEqual(straight + 1e-9);
      }),
    );
  });

  it('assigns as it would without bounds and limits', () => {
    const centroids = Float64Array.from(rows.values.subarray(0, 5 * cells));
    const meter = createDtwMeter(warping);
    const { nearest, squared, spared } = assignByDtw(rows.values, warping, {
      from: 0,
      to: rows.length,
      centroids,
      learns: false,
    });
    for (let row = 0; row < rows.length; row++) {
      const all = [0, 1, 2, 3, 4].map((j) => meter.squared(rows.values, row * cells, centroids, j * cells));
      expect(squared[row]).toBe(Math.min(...all));
      expect(nearest[row]).toBe(all.indexOf(Math.min(...all)));
    }
    expect(spared).toBeGreaterThan(0);
  });

  it('moves a barycentre as tslearn does', () => {
    const members = FIXTURE.truth.flatMap((kind, row) => (kind === 0 ? [row] : []));
    const values = Float32Array.from(members.flatMap((row) => FIXTURE.rows[row]!.flat()));
    const centroids = Float64Array.from(rows.values.subarray(0, cells));
    const free = { ...warping, band: steps };
    const { sums, counts } = assignByDtw(values, free, { from: 0, to: members.length, centroids, learns: true });
    for (let step = 0; step < steps; step++) {
      for (let channel = 0; channel < channels; channel++) {
        const mean = sums[step * channels + channel]! / counts[step]!;
        expect(mean).toBeCloseTo(FIXTURE.barycentre[step]![channel]!, 5);
      }
    }
  });

  it('clusters no worse than tslearn, and the same with threads as without', async () => {
    const settings = { seed: 1, band, starts: 10 };
    const { membership, facts } = await dtwKMeans(rows, 3, { ...settings, threads: 0 });
    expect(adjustedRandIndex(membership, FIXTURE.dtwKMeans.labels)).toBe(1);
    // tslearn tells the mean.
    expect((facts.inertia as number) / rows.length).toBeLessThan(FIXTURE.dtwKMeans.inertia * 1.02);
    const many = repeated(rows, 5);
    const alone = await dtwKMeans(many, 3, { ...settings, starts: 1, threads: 0 });
    const threaded = await dtwKMeans(many, 3, { ...settings, starts: 1, threads: 2 });
    expect(threaded.membership).toEqual(alone.membership);
    expect(threaded.centroids).toEqual(alone.centroids);
  });
});

describe('k-Shape', () => {
  it('measures the distance of tslearn', () => {
    const standard = standardiseRows(first);
    for (const [i, distances] of FIXTURE.shapeDistance.entries()) {
      for (const [j, distance] of distances.entries()) {
        const reference = standard.subarray(j * steps, (j + 1) * steps);
        expect(matchShape(standard, i * steps, reference, steps, 1).distance).toBeCloseTo(distance, 5);
      }
    }
  });

  it('finds the clusters of tslearn, and shapes as near to them', async () => {
    const { membership, distances } = await kShape(first, 3, { seed: 1 });
    expect(adjustedRandIndex(membership, FIXTURE.kShape.labels)).toBe(1);
    // tslearn tells the mean of the squares, and takes the best start by it; the paper, and we, go by the distances.
    const squares = distances.reduce((sum, distance) => sum + distance * distance, 0);
    expect(squares / rows.length).toBeLessThan(FIXTURE.kShape.inertia * 1.05);
  });

  it('tells a shift by hand: a bump two steps later matches wholly', () => {
    const early = [0, 1, 2, 1, 0, 0, 0, 0];
    const late = [0, 0, 0, 1, 2, 1, 0, 0];
    expect(matchShape(early, 0, late, 8, 1)).toEqual({ distance: expect.closeTo(0, 12), shift: 2 });
  });

  it('takes constant series without a word of NaN', async () => {
    const flat = { length: 4, steps: 6, channels: 1, values: new Float32Array(24).fill(3) };
    const { membership, facts } = await kShape(flat, 2, { seed: 1 });
    expect(membership).toHaveLength(4);
    expect(facts.inertia).toBeGreaterThanOrEqual(0);
  });
});

/** More rows than one thread takes at once. */
function repeated(series: SeriesRows, times: number): SeriesRows {
  const values = new Float32Array(series.values.length * times);
  for (let i = 0; i < times; i++) {
    values.set(
      series.values.map((value) => value + i / 100),
      i * series.values.length,
    );
  }
  return { ...series, length: series.length * times, values };
}
