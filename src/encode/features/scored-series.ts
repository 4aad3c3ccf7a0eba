import { type Autocovariance, createAutocovariance } from '../../numeric/autocovariance.js';
import { createValueOrder } from '../../numeric/value-order.js';

/** One series scaled to mean 0 and standard deviation 1, with what several features ask of it. */
export interface ScoredSeries {
  readonly steps: number;
  readonly values: Float64Array; // (steps)
  /** Places of the values, ascending by value. */
  readonly order: Uint32Array; // (steps)
  readonly autocovariance: Autocovariance;
  /** Least lag at which the autocorrelation is not positive; `steps` where there is none. */
  readonly firstZero: number;
  /** Of the series as given; the deviation over steps - 1. */
  readonly mean: number;
  readonly deviation: number;
  /** Takes every `stride`-th value from `start` on; false, with only the moments to be read, if they are constant or not finite. */
  load(source: Float32Array | Float64Array, start: number, stride: number): boolean;
}

/** Of the largest absolute value: a smaller range is rounding. */
const CONSTANT = 1e-10;

export function createScoredSeries(steps: number): ScoredSeries {
  const values = new Float64Array(steps);
  const valueOrder = createValueOrder(steps);
  const autocovariance = createAutocovariance(steps);
  let order: Uint32Array = new Uint32Array(0);
  let mean = 0;
  let deviation = 0;
  let firstZero = 0;

  return {
    steps,
    values,
    autocovariance,
    get order() {
      return order;
    },
    get firstZero() {
      return firstZero;
    },
    get mean() {
      return mean;
    },
    get deviation() {
      return deviation;
    },
    load: (source, start, stride) => {
      let sum = 0;
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      for (let i = 0, p = start; i < steps; i++, p += stride) {
        const value = source[p]!;
        values[i] = value;
        sum += value;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      mean = sum / steps;
      let squares = 0;
      for (let i = 0; i < steps; i++) squares += (values[i]! - mean) * (values[i]! - mean);
      deviation = least === most ? 0 : Math.sqrt(squares / (steps - 1));
      const isConstant = most - least <= CONSTANT * Math.max(-least, most);
      if (isConstant || !(deviation > 0 && deviation < Number.POSITIVE_INFINITY)) return false;
      for (let i = 0; i < steps; i++) values[i] = (values[i]! - mean) / deviation;
      order = valueOrder.of(values, steps);
      autocovariance.load(values, steps);
      firstZero = 1;
      while (firstZero < steps && autocovariance.at(firstZero) > 0) firstZero++;
      return true;
    },
  };
}
