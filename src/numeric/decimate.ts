/** Keeps every `factor`-th value of a series after a low-pass filter; it allocates only for factors it has not met. */
export interface Decimator {
  /** Writes ceil(length / factor) values and returns how many. Beyond its ends the series counts as zero. */
  decimate(series: Float64Array, length: number, factor: number, out: Float64Array): number;
}

/**
 * The filter is the ideal one cut at half the new rate, ten kept values wide to either side under a Kaiser window of
 * beta 5 (Kaiser, 1974), and passes a constant unchanged: what `resample` of signal processing packages does by default.
 */
export function createDecimator(): Decimator {
  const filters = new Map<number, Float64Array>();
  return {
    decimate: (series, length, factor, out) => {
      let filter = filters.get(factor);
      if (filter === undefined) {
        filter = lowPass(factor);
        filters.set(factor, filter);
      }
      const reach = REACH * factor;
      const kept = Math.ceil(length / factor);
      for (let i = 0; i < kept; i++) {
        const centre = i * factor;
        const end = Math.min(length - 1, centre + reach);
        let sum = 0;
        for (let j = Math.max(0, centre - reach); j <= end; j++) sum += filter[j - centre + reach]! * series[j]!;
        out[i] = sum;
      }
      return kept;
    },
  };
}

/** Of the filter to either side, in kept values. */
const REACH = 10;
const BETA = 5;

function lowPass(factor: number): Float64Array {
  const reach = REACH * factor;
  const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => {
    const distance = i - reach;
    const window = besselI0(BETA * Math.sqrt(1 - (distance / reach) ** 2));
    return window * sinc(distance / factor);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Number.isInteger(x) ? 0 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Modified Bessel function of the first kind and order zero, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > Number.EPSILON * sum; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
