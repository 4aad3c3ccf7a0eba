/** Vectors of equal size, one after the other. */
export interface MmdSample {
  readonly rows: Float32Array; // (n, size)
  /** A small whole number of each row; rows are compared within their stratum. @default all 0 */
  readonly strata?: Uint16Array | undefined; // (n)
}

export interface Mmd {
  /**
   * Squared maximum mean discrepancy, unbiased: for two samples of one distribution about 0, a little below as often
   * as above.
   */
  readonly statistic: number;
  /** Share of random relabellings that reach it, itself counted: at least 1 / (permutations + 1). null for no test. */
  readonly pValue: number | null;
}

export interface MmdOptions {
  /** Draws a whole number from [0, n): a seeded source gives the same p-value each time. */
  readonly below: (n: number) => number;
  /** Relabellings to hold the statistic against. @default 100 */
  readonly permutations?: number;
  /** A statistic below is not worth the test, which takes most of the time. @default -Infinity */
  readonly testFrom?: number;
}

/**
 * Maximum mean discrepancy of two samples of vectors (Gretton et al., 2012): the unbiased estimator with a Gaussian
 * kernel exp(-d² / 2 s²), where s is the median distance between rows of both samples.
 *
 * With strata, the reference is weighted so that its strata have the shares of the current sample, and relabelling
 * happens within a stratum: shares that moved make no difference, what moved within a stratum does. Rows of a stratum
 * that one sample lacks count for nothing.
 *
 * @returns 0 without a p-value where a sample has fewer than two rows that count
 */
export function mmd(reference: MmdSample, current: MmdSample, size: number, options: MmdOptions): Mmd {
  const n = reference.rows.length / size;
  const m = current.rows.length / size;
  const strata = new Uint16Array(n + m);
  strata.set(reference.strata ?? []);
  strata.set(current.strata ?? [], n);
  const rowsOf = byStratum(strata, n);
  const rows = Uint32Array.from(rowsOf.flatMap(({ rows }) => rows)).sort();
  const ofReference = rows.findLastIndex((row) => row < n) + 1;
  if (ofReference < 2 || rows.length - ofReference < 2) return { statistic: 0, pValue: null };

  const kernel = gaussianKernel(reference.rows, current.rows, size, rows);
  const weightOf = new Map(rowsOf.map(({ stratum, before, after }) => [stratum, after / before]));
  const weights = Float64Array.from(rows, (row) => weightOf.get(strata[row]!)!);
  const labels = Uint8Array.from(rows, (row) => (row < n ? 1 : 0));
  const statistic = discrepancy(kernel, weights, labels);

  const { below, permutations = 100, testFrom = Number.NEGATIVE_INFINITY } = options;
  if (!(statistic >= testFrom)) return { statistic, pValue: null };
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]));
  const places = rowsOf.map((stratum) => Uint32Array.from(stratum.rows, (row) => placeOf.get(row)!));
  let asLarge = 0;
  for (let p = 0; p < permutations; p++) {
    for (const own of places) shuffleLabels(labels, own, below);
    if (discrepancy(kernel, weights, labels) >= statistic) asLarge++;
  }
  return { statistic, pValue: (asLarge + 1) / (permutations + 1) };
}

interface Stratum {
  readonly stratum: number;
  readonly rows: number[];
  /** Rows of the reference, and of the current sample. */
  before: number;
  after: number;
}

/** The strata that both samples have. */
function byStratum(strata: Uint16Array, n: number): readonly Stratum[] {
  const found = new Map<number, Stratum>();
  for (const [row, stratum] of strata.entries()) {
    const own = found.get(stratum) ?? { stratum, rows: [], before: 0, after: 0 };
    found.set(stratum, own);
    own.rows.push(row);
    if (row < n) own.before++;
    else own.after++;
  }
  return [...found.values()].filter(({ before, after }) => before > 0 && after > 0);
}

/** The kernel between all chosen rows, with 0 on the diagonal: a row is no pair with itself. */
function gaussianKernel(a: Float32Array, b: Float32Array, size: number, chosen: Uint32Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  const count = chosen.length;
  const kernel = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const x = chosen[i]! * size;
    for (let j = 0; j < i; j++) {
      const y = chosen[j]! * size;
      let squared = 0;
      for (let m = 0; m < size; m++) squared += (all[x + m]! - all[y + m]!) ** 2;
      kernel[i * count + j] = squared;
    }
  }
  const median = medianDistance(kernel, count);
  // Without any spread all rows are one point, and every kernel gives the same.
  const scale = median > 0 ? 1 / (2 * median) : 1;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const value = Math.exp(-kernel[i * count + j]! * scale);
      kernel[i * count + j] = value;
      kernel[j * count + i] = value;
    }
  }
  return kernel;
}

/** Median of what is below the diagonal. */
function medianDistance(squared: Float64Array, count: number): number {
  const pairs = new Float64Array((count * (count - 1)) / 2);
  for (let i = 1, at = 0; i < count; at += i, i++) pairs.set(squared.subarray(i * count, i * count + i), at);
  return pairs.sort()[pairs.length >> 1]!;
}

/**
 * Mean kernel within the reference, plus that within the current sample, minus twice that across, over pairs of two
 * rows.
 *
 * @param weights of a row where it belongs to the reference; in the current sample it weighs 1
 * @param labels 1 for the reference
 */
function discrepancy(kernel: Float64Array, weights: Float64Array, labels: Uint8Array): number {
  const count = labels.length;
  const before = weights.map((weight, i) => (labels[i] === 1 ? weight : 0));
  const now = Float64Array.from(labels, (label) => 1 - label);
  let [total, squares, current] = [0, 0, 0];
  let [within, currentWithin, across] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const at = i * count;
    let weighted = 0;
    let plain = 0;
    for (let j = 0; j < count; j++) {
      const value = kernel[at + j]!;
      weighted += before[j]! * value;
      plain += now[j]! * value;
    }
    if (labels[i] === 1) {
      const weight = weights[i]!;
      total += weight;
      squares += weight * weight;
      within += weight * weighted;
      across += weight * plain;
    } else {
      current++;
      currentWithin += plain;
    }
  }
  return (
    within / (total * total - squares) + currentWithin / (current * (current - 1)) - (2 * across) / (total * current)
  );
}

function shuffleLabels(labels: Uint8Array, places: Uint32Array, below: (n: number) => number): void {
  for (let i = places.length - 1; i > 0; i--) {
    const a = places[i]!;
    const b = places[below(i + 1)]!;
    const label = labels[a]!;
    labels[a] = labels[b]!;
    labels[b] = label;
  }
}
