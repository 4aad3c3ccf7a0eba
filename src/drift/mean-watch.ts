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

/** Means of several columns over waves of windows, or shorter runs, watched for a change at any time since the first. */
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
   * How many times the variance of a column's mean over at least so many windows is what it would be among independent
   * windows, at most; 1 while unknown.
   */
  inflation(windows: number): Float64Array; // (columns)
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
/** Standard deviations of chance by which a column's own excess is plainly larger than that of most. */
const PLAINLY = 2.5;
/** Columns of which there are most and others. */
const LEAST_COLUMNS = 3;

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
      const told = toldBy(excess, differences);
      const own = expected.map((value, c) => (differences * told[c]! + BORROWED * value) / (differences + BORROWED));
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
    const waves = rows.reduce((sum, row, i) => sum + row.length * 2 ** i, 0);
    if (waves < LEAST_WAVES) return undefined;
    const inflation = inflationsFromAll();
    const whole = rows.flat().reduce(joined);
    const best = Array.from({ length: columns }, () => ({ chiSquare: 0, shift: 0, since: rows[0]!.at(-1)!.start }));
    const lengths = new Set<number>();
    const sums = new Float64Array(columns);
    let windows = 0;
    let waveCount = 0;
    // The likeliest cut of each column, from the newest on.
    for (const [{ start, ...bucket }, size] of newestFirst()) {
      windows += bucket.windows;
      waveCount += size;
      const scale = Math.floor(Math.log2(waveCount));
      if ((scales[scale]?.differences ?? 0) < LEAST_DIFFERENCES || waveCount > waves / 2) break;
      lengths.add(scale);
      const before = whole.windows - windows;
      for (let c = 0; c < columns; c++) {
        sums[c]! += bucket.sums[c]!;
        const shift = sums[c]! / windows - (whole.sums[c]! - sums[c]!) / before;
        const inflated = Math.max(1, inflation[scale]![c]!);
        const ratio = withoutSkew(shift ** 2 / (inflated * (1 / windows + 1 / before)), windows);
        // A variance that the stream itself had to tell is as uncertain as its differences are few (Wallace, 1959).
        const degrees = scales[scale]!.differences;
        const chiSquare = inflated > INFLATED ? degrees * Math.log1p(ratio / degrees) : ratio;
        if (chiSquare > best[c]!.chiSquare) best[c] = { chiSquare, shift, since: start };
      }
    }
    const tests = Math.max(1, lengths.size * columns);
    return best.map(({ chiSquare, shift, since }) => ({
      shift,
      pValue: Math.min(1, tests * chiSquarePValue(chiSquare, 1)),
      since,
    }));
  }

  /** Buckets with the number of waves in each. */
  function* newestFirst(): Generator<readonly [Bucket, number]> {
    for (const [i, row] of rows.entries()) for (const bucket of row.toReversed()) yield [bucket, 2 ** i];
  }

  return {
    observe(means, windows, start) {
      const wave: Bucket = { start, windows, sums: means.map((mean) => mean * windows) };
      keep(wave, 0);
      measure(wave, 0);
    },
    changes,
    inflation(windows) {
      const most = new Float64Array(columns).fill(1);
      for (const [i, own] of inflations().entries()) {
        const scale = scales[i];
        if (scale === undefined || scale.differences < LEAST_DIFFERENCES || scale.previous!.windows < windows) continue;
        for (let c = 0; c < columns; c++) most[c] = Math.max(most[c]!, own[c]!);
      }
      return most;
    },
    snapshot: () => ({ rows: rows.map((row) => [...row]), scales: [...scales] }),
  };
}

/**
 * Mean excess of each column: that of most columns, but for those whose own is plainly larger. Windows that overlap and
 * customers who keep their habits show in all columns; a change that has just come, in some, and must not pass for chance.
 */
function toldBy(excess: Float64Array, differences: number): Float64Array {
  if (differences === 0 || excess.length < LEAST_COLUMNS) return excess.map((sum) => sum / Math.max(1, differences));
  // Of a chi-square variate over its degrees of freedom (Wilson & Hilferty, 1931).
  const spread = 2 / (9 * differences);
  const middle = excess.toSorted()[Math.floor(excess.length / 2)]! / differences / (1 - spread) ** 3;
  const most = middle * (1 - spread + PLAINLY * Math.sqrt(spread)) ** 3;
  return excess.map((sum) => (sum / differences > most ? sum / differences : middle));
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

/**
 * A squared deviation of a mean, as if values were normal: means of few that are skewed lie further out, as Bernstein's
 * bound has it, in ADWIN too.
 */
function withoutSkew(square: number, windows: number): number {
  const skew = 1 / (3 * Math.sqrt(windows));
  return ((Math.sqrt(1 + 4 * skew * Math.sqrt(square)) - 1) / (2 * skew)) ** 2;
}
