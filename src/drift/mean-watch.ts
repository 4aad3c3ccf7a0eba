import { chiSquarePValue } from './chi-square.js';

/** A mean that has changed, or the likeliest change where it has not. */
export interface MeanChange {
  /** How much higher the mean is after it than before; in the values' unit. */
  readonly shift: number;
  /** Of so large a shift anywhere in any column, where nothing changed. */
  readonly pValue: number;
  /** Epoch ms: begin of the first wave after it. */
  readonly since: number;
}

/** Means of several columns over waves of windows, watched for a change at any time since the first. */
export interface MeanWatch {
  /**
   * Takes the next wave.
   *
   * @param means of each column, scaled so that a single window has a variance of about 1
   * @param start epoch ms
   */
  observe(means: Float64Array, windows: number, start: number): void;
  /** The likeliest change of each column; undefined while there are too few waves to tell. */
  changes(): readonly MeanChange[] | undefined;
  /**
   * How many times the variance of a column's mean over several waves is what it would be among independent windows, at
   * most; 1 while unknown.
   */
  inflation(): Float64Array; // (columns)
  snapshot(): MeanWatchSnapshot;
}

/** Plain data. */
export interface MeanWatchSnapshot {
  readonly rows: readonly (readonly Bucket[])[];
  readonly scales: readonly Scale[];
}

/** Waves in a row. */
interface Bucket {
  readonly start: number;
  readonly windows: number;
  readonly sums: Float64Array; // (columns)
}

/** How much means of 2^i waves in a row differ from those of the 2^i before them. */
interface Scale {
  /** Half done: the first of the two halves of the next longer scale's bucket. */
  readonly pending: Bucket | null;
  readonly previous: Bucket | null;
  readonly differences: number;
  /** Sums of squared differences over what they would be among independent windows. */
  readonly excess: Float64Array; // (columns)
}

/** Buckets of each size before two become one: more tell the time of a change better. */
const MOST_BUCKETS = 6;
/** Waves before the first answer. */
const LEAST_WAVES = 8;
/** Differences of a scale before cuts of its length are looked at. */
const LEAST_DIFFERENCES = 4;
/** Differences after which older ones fade. */
const MOST_DIFFERENCES = 64;
/** Share of what is known of a scale that its shorter neighbour stands in for, in differences. */
const BORROWED = 4;
/** Waves of independent windows seldom look inflated by more. */
const INFLATED = 1.5;
/** From one scale to the next; a mean that wanders freely grows by as much. */
const MOST_GROWTH = 4;
/** A difference counts as so many times the usual one at most: a change must not hide itself. */
const LARGEST_EXCESS = 9;

/**
 * Creates a watch. As in ADWIN the waves so far are kept in buckets that double in size, and each cut between two is
 * looked at; but a cut is held against a normal distribution, and against how much means of as many waves differ in
 * this very stream: windows that overlap, customers who keep their habits and days that all customers share make waves
 * differ by more, or for longer, than chance among independent windows would.
 */
export function createMeanWatch(columns: number, snapshot?: MeanWatchSnapshot): MeanWatch {
  const rows: Bucket[][] = (snapshot?.rows ?? []).map((row) => [...row]);
  const scales: Scale[] = [...(snapshot?.scales ?? [])];

  function keep(bucket: Bucket, row: number): void {
    if (row === rows.length) rows.push([]);
    const own = rows[row]!;
    own.push(bucket);
    if (own.length <= MOST_BUCKETS) return;
    const [a, b] = own.splice(0, 2) as [Bucket, Bucket];
    keep(joined(a, b), row + 1);
  }

  function measure(bucket: Bucket, i: number): void {
    const { pending, previous, differences, excess } = scales[i] ?? emptyScale(columns);
    const isKnown = previous !== null;
    const fade = differences < MOST_DIFFERENCES ? 1 : 1 - 1 / MOST_DIFFERENCES;
    scales[i] = {
      pending: pending === null ? bucket : null,
      previous: bucket,
      differences: isKnown ? Math.min(MOST_DIFFERENCES, differences + 1) : differences,
      excess: isKnown
        ? excess.map((sum, c) => {
            const usual = differences === 0 ? 1 : Math.max(1, sum / differences);
            return fade * sum + Math.min(excessOf(previous, bucket, c), LARGEST_EXCESS * usual);
          })
        : excess,
    };
    if (pending !== null) measure(joined(pending, bucket), i + 1);
  }

  /**
   * Squared differences of means over 2^i waves from one to the next, in those of as many independent windows. What a
   * scale has not yet seen enough of leans on the shorter ones, and on that it goes on growing as it did from one to the
   * next. The last is what is expected of the first scale that has seen nothing.
   */
  function inflations(): readonly Float64Array[] {
    const all: Float64Array[] = [];
    let expected = new Float64Array(columns).fill(1);
    for (const { differences, excess } of scales) {
      const shorter = all.at(-1);
      const own = expected.map((value, c) => (excess[c]! + BORROWED * value) / (differences + BORROWED));
      expected = own.map((value, c) =>
        shorter === undefined ? value : value * Math.min(MOST_GROWTH, Math.max(1, value / shorter[c]!)),
      );
      all.push(own);
    }
    return [...all, expected];
  }

  /**
   * The same for means over 2^i waves about that of the whole stream: half the differences at this scale, a quarter of
   * those at the next, and so on (Haar's wavelet).
   */
  function inflationsFromAll(): readonly Float64Array[] {
    const all = [...inflations()];
    let longer = all.pop()!;
    for (let i = all.length - 1; i >= 0; i--) {
      longer = all[i]!.map((value, c) => (value + longer[c]!) / 2);
      all[i] = longer;
    }
    return all;
  }

  function changes(): readonly MeanChange[] | undefined {
    const buckets = rows.toReversed().flat();
    const waves = rows.reduce((sum, row, i) => sum + row.length * 2 ** i, 0);
    if (waves < LEAST_WAVES) return undefined;
    const inflation = inflationsFromAll();
    const best = Array.from({ length: columns }, () => ({ chiSquare: 0, shift: 0, since: buckets.at(-1)!.start }));
    const whole = buckets.reduce(joined);
    let after: Bucket | undefined;
    let waveCount = 0;
    let cuts = 0;
    for (let at = buckets.length - 1; at > 0; at--) {
      const bucket = buckets[at]!;
      after = after === undefined ? bucket : joined(bucket, after);
      waveCount += wavesOf(bucket, rows);
      const scale = Math.floor(Math.log2(waveCount));
      if ((scales[scale]?.differences ?? 0) < LEAST_DIFFERENCES || waveCount > waves / 2) break;
      cuts++;
      const windowsBefore = whole.windows - after.windows;
      for (const [c, found] of best.entries()) {
        const shift = after.sums[c]! / after.windows - (whole.sums[c]! - after.sums[c]!) / windowsBefore;
        const inflated = Math.max(1, inflation[scale]![c]!);
        const ratio = shift ** 2 / (inflated * (1 / after.windows + 1 / windowsBefore));
        // A variance that the stream itself had to tell is as uncertain as its differences are few (Wallace, 1959).
        const degrees = scales[scale]!.differences;
        const chiSquare = inflated > INFLATED ? degrees * Math.log1p(ratio / degrees) : ratio;
        if (chiSquare > found.chiSquare) best[c] = { chiSquare, shift, since: after.start };
      }
    }
    const tests = Math.max(1, cuts * columns);
    return best.map(({ chiSquare, shift, since }) => ({
      shift,
      pValue: Math.min(1, tests * chiSquarePValue(chiSquare, 1)),
      since,
    }));
  }

  return {
    observe(means, windows, start) {
      const wave: Bucket = { start, windows, sums: means.map((mean) => mean * windows) };
      keep(wave, 0);
      measure(wave, 0);
    },
    changes,
    inflation() {
      const most = new Float64Array(columns).fill(1);
      for (const [i, own] of inflations().entries()) {
        if ((scales[i]?.differences ?? 0) < LEAST_DIFFERENCES) continue;
        for (let c = 0; c < columns; c++) most[c] = Math.max(most[c]!, own[c]!);
      }
      return most;
    },
    snapshot: () => ({ rows: rows.map((row) => [...row]), scales: [...scales] }),
  };
}

function emptyScale(columns: number): Scale {
  return { pending: null, previous: null, differences: 0, excess: new Float64Array(columns) };
}

function joined(a: Bucket, b: Bucket): Bucket {
  return {
    start: Math.min(a.start, b.start),
    windows: a.windows + b.windows,
    sums: a.sums.map((sum, c) => sum + b.sums[c]!),
  };
}

/** Squared difference of two means over what it would be among independent windows. */
function excessOf(a: Bucket, b: Bucket, column: number): number {
  const difference = a.sums[column]! / a.windows - b.sums[column]! / b.windows;
  return difference ** 2 / (1 / a.windows + 1 / b.windows);
}

function wavesOf(bucket: Bucket, rows: readonly (readonly Bucket[])[]): number {
  return 2 ** rows.findIndex((row) => row.includes(bucket));
}
