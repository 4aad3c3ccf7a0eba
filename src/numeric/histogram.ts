/**
 * A mergeable sketch of a distribution over fixed bins: eight to each power of two, both signs, and one for zero.
 *
 * Every histogram has the same bins, so merging adds counts and two of them can be compared bin by bin. A bin is at
 * most an eighth of its lower edge wide; quantiles are right to within that.
 */
export interface Histogram {
  readonly counts: Float64Array; // (HISTOGRAM_BINS)
  count: number;
  sum: number;
  sumSquares: number;
}

const LEAST_EXPONENT = -16;
const OCTAVES = 48;
const PER_OCTAVE = 8;
const PER_SIGN = OCTAVES * PER_OCTAVE;
/** Bin of the value 0; below it the negative values, above it the positive ones. */
const ZERO_BIN = PER_SIGN;
/** Bins of every histogram. Magnitudes under 2^-16 share the first bin of their sign, those from 2^32 on the last. */
export const HISTOGRAM_BINS = 2 * PER_SIGN + 1;

export function createHistogram(): Histogram {
  return { counts: new Float64Array(HISTOGRAM_BINS), count: 0, sum: 0, sumSquares: 0 };
}

/**
 * Adds one value in place. NaN and infinities are passed over.
 *
 * @param weight how often it counts; may be a fraction, or negative to take away. @default 1
 */
export function addToHistogram(histogram: Histogram, value: number, weight = 1): void {
  if (!Number.isFinite(value)) return;
  histogram.counts[binOf(value)]! += weight;
  histogram.count += weight;
  histogram.sum += weight * value;
  histogram.sumSquares += weight * value * value;
}

/** The histogram of both samples together. */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const counts = a.counts.slice();
  for (let i = 0; i < HISTOGRAM_BINS; i++) counts[i]! += b.counts[i]!;
  return { counts, count: a.count + b.count, sum: a.sum + b.sum, sumSquares: a.sumSquares + b.sumSquares };
}

/** A histogram without its empty bins, which are most of them. */
export interface PackedHistogram extends Omit<Histogram, 'counts'> {
  readonly bins: Uint16Array;
  readonly counts: Uint32Array; // (bins)
}

export function packHistogram({ counts, ...sums }: Histogram): PackedHistogram {
  const bins = Uint16Array.from(counts.keys()).filter((bin) => counts[bin] !== 0);
  return { ...sums, bins, counts: Uint32Array.from(bins, (bin) => counts[bin]!) };
}

export function unpackHistogram({ bins, counts, ...sums }: PackedHistogram): Histogram {
  const all = new Float64Array(HISTOGRAM_BINS);
  for (let i = 0; i < bins.length; i++) all[bins[i]!] = counts[i]!;
  return { ...sums, counts: all };
}

/** The value below which a share `q` of the sample lies, linear within a bin; NaN for an empty histogram. */
export function quantileOf(histogram: Histogram, q: number): number {
  const target = q * histogram.count;
  let below = 0;
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
    const count = histogram.counts[bin]!;
    if (count > 0 && below + count >= target) {
      const [lower, upper] = edgesOf(bin);
      return lower + (upper - lower) * Math.max(0, (target - below) / count);
    }
    below += count;
  }
  return Number.NaN;
}

/**
 * Cuts the bins into at most `groups` runs that hold about equal shares of a sample.
 *
 * @returns the first bin after each run, ascending; the last run is open
 */
export function equalShareCuts(histogram: Histogram, groups: number): Uint16Array {
  const cuts: number[] = [];
  let below = 0;
  for (let bin = 0; bin < HISTOGRAM_BINS - 1 && cuts.length < groups - 1; bin++) {
    const count = histogram.counts[bin]!;
    below += count;
    // A run that already holds several shares (many zeros) counts as all of them.
    if (count > 0 && below < histogram.count && below * groups >= (cuts.length + 1) * histogram.count) {
      cuts.push(bin + 1);
    }
  }
  return Uint16Array.from(cuts);
}

/** Middle of a bin. */
export function middleOf(bin: number): number {
  const [lower, upper] = edgesOf(bin);
  return (lower + upper) / 2;
}

/** Counts of a sample by the runs that `equalShareCuts` made. */
export function countsByCuts(histogram: Histogram, cuts: Uint16Array): Float64Array {
  const counts = new Float64Array(cuts.length + 1);
  for (let bin = 0, run = 0; bin < HISTOGRAM_BINS; bin++) {
    while (run < cuts.length && bin >= cuts[run]!) run++;
    counts[run]! += histogram.counts[bin]!;
  }
  return counts;
}

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);
const FIRST_CODE = (127 + LEAST_EXPONENT) * PER_OCTAVE;

function binOf(value: number): number {
  if (value === 0) return ZERO_BIN;
  single[0] = value;
  const bits = singleBits[0]!;
  // Exponent and the three leading mantissa bits of a float32 count eighths of an octave.
  const code = ((bits & 0x7fffffff) >>> 20) - FIRST_CODE;
  const index = code < 0 ? 0 : code >= PER_SIGN ? PER_SIGN - 1 : code;
  return bits < 0 ? ZERO_BIN - 1 - index : ZERO_BIN + 1 + index;
}

/** Lower and upper edge of a bin: both 0 for that of the value 0. */
export function edgesOf(bin: number): readonly [number, number] {
  if (bin === ZERO_BIN) return [0, 0];
  const index = bin > ZERO_BIN ? bin - ZERO_BIN - 1 : ZERO_BIN - 1 - bin;
  const lower = edge(index);
  const upper = edge(index + 1);
  return bin > ZERO_BIN ? [lower, upper] : [-upper, -lower];
}

function edge(index: number): number {
  const octave = Math.floor(index / PER_OCTAVE);
  return 2 ** (octave + LEAST_EXPONENT) * (1 + (index - octave * PER_OCTAVE) / PER_OCTAVE);
}
