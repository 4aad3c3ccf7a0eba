import { sum } from '../numeric/sum.js';
import { ALL, type DriftMeasure } from './drift-measure.js';
import type { DriftObservation } from './drift-observation.js';
import { createMeanWatch, type MeanWatchSnapshot } from './mean-watch.js';
import { dimensionName } from './measure-embedding.js';
import { mergeMoments, type SegmentMoments } from './segment-moments.js';

/** Watches where windows lie within their segments, how far from the centroid, and how well they are described. */
export interface MomentsWatch {
  /** Takes the next whole wave. */
  observe(wave: DriftObservation): void;
  /** What segments are like: from here on waves are compared with each other, those taken before included. */
  refer(moments: SegmentMoments): void;
  /**
   * The likeliest change of each mean since the first wave, 0 where chance explains it; none while there is no reference
   * or there are too few waves.
   *
   * @param level largest p-value that counts
   */
  measures(level: number): readonly DriftMeasure[];
  /**
   * How many times the variance of each column's mean is what it would be among independent windows; undefined without a
   * reference.
   */
  inflation(): Float64Array | undefined;
  snapshot(): MomentsWatchSnapshot;
}

/** Plain data. */
export interface MomentsWatchSnapshot {
  readonly reference: SegmentMoments | null;
  readonly gathered: GatheredWaves | null;
  readonly waiting: readonly GatheredWaves[];
  readonly watch: MeanWatchSnapshot | null;
}

/** Waves that are taken as one. */
interface GatheredWaves {
  readonly moments: SegmentMoments;
  readonly start: number;
}

/** Windows below which waves are taken together: means of fewer are not near enough to normal. */
const LEAST_WINDOWS = 128;

/** A p-value from which on a change is none: one that has been found is over then. */
const BY_CHANCE = 0.05;

/** Creates a watch, new or as it was when the snapshot was taken. */
export function createMomentsWatch(snapshot?: MomentsWatchSnapshot): MomentsWatch {
  let reference = snapshot?.reference ?? undefined;
  let gathered = snapshot?.gathered ?? undefined;
  let waiting = [...(snapshot?.waiting ?? [])];
  let watch = reference && snapshot?.watch ? createMeanWatch(reference.columns, snapshot.watch) : undefined;

  function take({ moments, start }: GatheredWaves): void {
    const { means, windows } = standardised(reference!, moments);
    if (windows > 0) watch!.observe(means, windows, start);
  }

  return {
    observe({ moments, start }) {
      gathered =
        gathered === undefined
          ? { moments, start }
          : { moments: mergeMoments(gathered.moments, moments), start: Math.min(start, gathered.start) };
      if (sum(gathered.moments.counts) < LEAST_WINDOWS) return;
      if (watch === undefined) waiting.push(gathered);
      else take(gathered);
      gathered = undefined;
    },
    refer(moments) {
      reference = moments;
      watch = createMeanWatch(moments.columns);
      for (const waves of waiting) take(waves);
      waiting = [];
    },
    measures(level) {
      const changes = watch?.changes() ?? [];
      return changes.map(({ shift, pValue, since }, column) => {
        const isError = column === changes.length - 1;
        return {
          layer: isError ? 'model' : 'embedding',
          subject: column < changes.length - 2 ? dimensionName(column) : ALL,
          statistic: 'change',
          value: pValue > BY_CHANCE ? 0 : Math.abs(shift),
          pValue,
          level,
          since,
        };
      });
    },
    inflation: () => watch?.inflation(),
    snapshot: () => ({
      reference: reference ?? null,
      gathered: gathered ?? null,
      waiting,
      watch: watch?.snapshot() ?? null,
    }),
  };
}

/**
 * Mean deviation of windows from the reference's mean of their segment, in the reference's standard deviations within
 * segments. Windows of a segment that the reference lacks are left out.
 */
function standardised(reference: SegmentMoments, { counts, sums }: SegmentMoments) {
  const { k, columns } = reference;
  const means = new Float64Array(columns);
  let windows = 0;
  for (let j = 0; j < k; j++) {
    const known = reference.counts[j]!;
    if (known === 0) continue;
    windows += counts[j]!;
    for (let c = 0, at = j * columns; c < columns; c++, at++) {
      means[c]! += sums[at]! - (counts[j]! * reference.sums[at]!) / known;
    }
  }
  const spread = spreadWithin(reference);
  for (let c = 0; c < columns; c++) means[c] = spread[c]! > 0 && windows > 0 ? means[c]! / windows / spread[c]! : 0;
  return { means, windows };
}

/** Standard deviation of each column within segments. */
function spreadWithin({ k, columns, counts, sums, sumSquares }: SegmentMoments): Float64Array {
  const squares = new Float64Array(columns);
  let degrees = 0;
  for (let j = 0; j < k; j++) {
    const count = counts[j]!;
    if (count === 0) continue;
    degrees += count - 1;
    for (let c = 0, at = j * columns; c < columns; c++, at++) squares[c]! += sumSquares[at]! - sums[at]! ** 2 / count;
  }
  return squares.map((square) => (degrees > 0 ? Math.sqrt(Math.max(0, square / degrees)) : 0));
}
