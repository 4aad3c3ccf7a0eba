import { sum } from '../numeric/sum.js';
import { ALL, type DriftMeasure } from './drift-measure.js';
import { dimensionName } from './drift-subjects.js';
import { createMeanWatch, type MeanWatchSnapshot } from './mean-watch.js';
import type { SegmentMoments } from './segment-moments.js';
import { joinRuns, RUN_WINDOWS, type WindowRun } from './window-run.js';

/** Watches where windows lie within their segments, how far from the centroid, and how well they are described. */
export interface MomentsWatch {
  /** Takes the next windows, in the order in which they came. */
  observe(runs: readonly WindowRun[]): void;
  /** No more windows will come that end with the last ones. */
  endWave(): void;
  /**
   * What segments are like: from here on runs are compared with each other, those taken before included.
   *
   * @param centroids that stand for segments without windows (k, size)
   */
  refer(moments: SegmentMoments, centroids: Float32Array): void;
  /**
   * The likeliest change of each mean since the first run, 0 where chance explains it; none while there is no reference
   * or there are too few waves.
   *
   * @param level largest p-value that counts
   */
  measures(level: number): readonly DriftMeasure[];
  /**
   * How many times the variance of each column's mean over whole waves is what it would be among independent windows;
   * undefined without a reference.
   */
  inflation(): Float64Array | undefined;
  snapshot(): MomentsWatchSnapshot;
}

/** Plain data. */
export interface MomentsWatchSnapshot {
  readonly reference: WatchReference | null;
  /** Too short yet. */
  readonly gathered: WindowRun | null;
  /** Before the reference. */
  readonly waiting: readonly WindowRun[];
  /** So far, up to as many as it takes. */
  readonly waves: number;
  /** Windows of the wave that is being filled, and of the last whole one. */
  readonly windows: number;
  readonly waveWindows: number;
  readonly watch: MeanWatchSnapshot | null;
}

/** What windows are expected to be like. */
interface WatchReference {
  readonly means: Float64Array; // (k, columns)
  /** Standard deviations within segments. */
  readonly spread: Float64Array; // (columns)
}

/** Waves before the first answer: what they share is not known from fewer. */
const LEAST_WAVES = 8;

/** A p-value from which on a change is none: one that has been found is over then. */
const BY_CHANCE = 0.05;

/** Creates a watch, new or as it was when the snapshot was taken. */
export function createMomentsWatch(snapshot?: MomentsWatchSnapshot): MomentsWatch {
  let reference = snapshot?.reference ?? undefined;
  let gathered = snapshot?.gathered ?? undefined;
  let waiting = [...(snapshot?.waiting ?? [])];
  let waves = snapshot?.waves ?? 0;
  let windows = snapshot?.windows ?? 0;
  let waveWindows = snapshot?.waveWindows ?? 0;
  let watch = reference && snapshot?.watch ? createMeanWatch(reference.spread.length, snapshot.watch) : undefined;

  function take(run: WindowRun): void {
    watch!.observe(standardised(reference!, run), sum(run.counts), run.start);
  }

  return {
    observe(runs) {
      for (const run of runs) {
        windows += sum(run.counts);
        gathered = gathered === undefined ? run : joinRuns(gathered, run);
        if (sum(gathered.counts) < RUN_WINDOWS) continue;
        if (watch === undefined) waiting.push(gathered);
        else take(gathered);
        gathered = undefined;
      }
    },
    endWave() {
      waves = Math.min(LEAST_WAVES, waves + 1);
      waveWindows = windows;
      windows = 0;
    },
    refer(moments, centroids) {
      reference = { means: meansOf(moments, centroids), spread: spreadWithin(moments) };
      watch = createMeanWatch(moments.columns);
      for (const run of waiting) take(run);
      waiting = [];
    },
    measures(level) {
      const changes = waves < LEAST_WAVES ? [] : (watch?.changes() ?? []);
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
    inflation: () => watch?.inflation(waveWindows),
    snapshot: () => ({
      reference: reference ?? null,
      gathered: gathered ?? null,
      waiting,
      waves,
      windows,
      waveWindows,
      watch: watch?.snapshot() ?? null,
    }),
  };
}

/** Mean deviation of windows from what is expected of their segments, in standard deviations within segments. */
function standardised({ means, spread }: WatchReference, { counts, sums }: WindowRun): Float64Array {
  const columns = spread.length;
  const windows = sum(counts);
  return spread.map((deviation, c) => {
    if (deviation === 0) return 0;
    let expected = 0;
    for (const [j, count] of counts.entries()) expected += count * means[j * columns + c]!;
    return (sums[c]! - expected) / windows / deviation;
  });
}

/** Means by segment; of one without windows its centroid, with the distance and error of all. */
function meansOf({ k, columns, counts, sums }: SegmentMoments, centroids: Float32Array): Float64Array {
  const size = columns - 2;
  const windows = sum(counts);
  const means = new Float64Array(k * columns);
  for (let c = 0; c < columns; c++) {
    let total = 0;
    for (let j = 0; j < k; j++) total += sums[j * columns + c]!;
    for (let j = 0; j < k; j++) {
      const lacking = c < size ? centroids[j * size + c]! : total / windows;
      means[j * columns + c] = counts[j] === 0 ? lacking : sums[j * columns + c]! / counts[j]!;
    }
  }
  return means;
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
