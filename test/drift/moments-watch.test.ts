import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMeanWatch } from '../../src/drift/mean-watch.js';
import { createMomentsWatch, type MomentsWatch } from '../../src/drift/moments-watch.js';
import { addToMoments, emptyMoments } from '../../src/drift/segment-moments.js';
import { addToRuns, RUN_WINDOWS, type WindowRun } from '../../src/drift/window-run.js';
import { createRandom } from '../../src/numeric/random.js';

const CENTROIDS = Float32Array.of(0, 10);
const SHAPE = { k: 2, columns: 3 };
const EIGHT_WAVES = 8;

interface Place {
  readonly segment: number;
  readonly start: number;
  /** Coordinate, distance and error. */
  readonly values: readonly [number, number, number];
}

/** Windows of two segments about their centroids; the coordinate moves up by one for the last quarter. */
function placesOf(length: number, seed: number): readonly Place[] {
  const random = createRandom(seed);
  return Array.from({ length }, (_, start) => {
    const segment = random.below(2);
    const shift = start >= (3 * length) / 4 ? 1 : 0;
    return { segment, start, values: [10 * segment + shift + random.normal(), random.next(), random.next()] };
  });
}

const addPlace = ({ segment, start, values: [coordinate, distance, error] }: Place) => ({
  ...{ segment, start, distance, error },
  ...{ points: Float32Array.of(coordinate), offset: 0 },
});

/** Runs as lessons bring them: full ones, and what is left of each lesson. */
function runsOf(places: readonly Place[], lesson: number): readonly WindowRun[] {
  const all: WindowRun[] = [];
  for (let from = 0; from < places.length; from += lesson) {
    const runs: WindowRun[] = [];
    for (const place of places.slice(from, from + lesson)) addToRuns(runs, SHAPE, addPlace(place));
    all.push(...runs);
  }
  return all;
}

function momentsOf(places: readonly Place[]) {
  const moments = emptyMoments(2, 1);
  for (const place of places) addToMoments(moments, addPlace(place));
  return moments;
}

function afterEightWaves(watch: MomentsWatch): MomentsWatch {
  for (let i = 0; i < EIGHT_WAVES; i++) watch.endWave();
  return watch;
}

/** Means and deviations by segment, worked out window by window, and the means of runs, deviation by deviation. */
function naively(reference: readonly Place[], places: readonly Place[], lesson: number) {
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const rounded = ({ values: [coordinate, ...rest] }: Place) => [Math.fround(coordinate), ...rest];
  const means = [0, 1].map((segment) =>
    [0, 1, 2].map((c) => average(reference.filter((place) => place.segment === segment).map((p) => rounded(p)[c]!))),
  );
  const off = (place: Place, c: number) => rounded(place)[c]! - means[place.segment]![c]!;
  const spread = [0, 1, 2].map((c) =>
    Math.sqrt(reference.reduce((sum, place) => sum + off(place, c) ** 2, 0) / (reference.length - 2)),
  );
  const watch = createMeanWatch(3);
  let gathered: Place[] = [];
  for (let from = 0; from < places.length; from += lesson) {
    const inLesson = places.slice(from, from + lesson);
    for (let at = 0; at < inLesson.length; at += RUN_WINDOWS) {
      gathered.push(...inLesson.slice(at, at + RUN_WINDOWS));
      if (gathered.length < RUN_WINDOWS) continue;
      const deviations = [0, 1, 2].map((c) => average(gathered.map((place) => off(place, c) / spread[c]!)));
      watch.observe(Float64Array.from(deviations), gathered.length, gathered[0]!.start);
      gathered = [];
    }
  }
  return watch.changes();
}

it('finds what the deviations of single windows, averaged run by run, tell', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 300 }), (seed, lesson) => {
      const [reference, places] = [placesOf(200, seed + 1).slice(0, 150), placesOf(1_500, seed)];
      const watch = afterEightWaves(createMomentsWatch());
      watch.refer(momentsOf(reference), CENTROIDS);
      watch.observe(runsOf(places, lesson));
      const changes = naively(reference, places, lesson)!;
      const measures = watch.measures(0.001);
      expect(measures.map(({ subject }) => subject)).toEqual(['dim1', 'all', 'all']);
      for (const [c, { value, pValue, since }] of measures.entries()) {
        expect(pValue).toBeCloseTo(changes[c]!.pValue, 9);
        expect(value).toBeCloseTo(changes[c]!.pValue > 0.05 ? 0 : Math.abs(changes[c]!.shift), 9);
        expect(since).toBe(changes[c]!.since);
      }
    }),
    { numRuns: 15 },
  );
});

it('says the same whether windows came before the reference or after it, at once, one by one, or over a restart', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 300 }), fc.nat(60), (seed, lesson, at) => {
      const reference = momentsOf(placesOf(200, seed + 1));
      const runs = runsOf(placesOf(1_000, seed), lesson);
      const late = afterEightWaves(createMomentsWatch());
      late.observe(runs);
      late.refer(reference, CENTROIDS);

      const begun = afterEightWaves(createMomentsWatch());
      begun.refer(reference, CENTROIDS);
      for (const run of runs.slice(0, at)) begun.observe([run]);
      const resumed = createMomentsWatch(structuredClone(begun.snapshot()));
      resumed.observe(runs.slice(at));

      expect(resumed.measures(0.001)).toEqual(late.measures(0.001));
    }),
    { numRuns: 15 },
  );
});

it('says nothing before eight waves have ended, or without a reference', () => {
  const watch = createMomentsWatch();
  watch.observe(runsOf(placesOf(1_500, 1), 256));
  for (let i = 1; i < EIGHT_WAVES; i++) watch.endWave();
  watch.refer(momentsOf(placesOf(200, 2)), CENTROIDS);
  expect(watch.measures(0.001)).toEqual([]);
  watch.endWave();
  expect(watch.measures(0.001)).toHaveLength(3);
  expect(afterEightWaves(createMomentsWatch()).measures(0.001)).toEqual([]);
});
