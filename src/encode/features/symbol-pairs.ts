import { createDecimator } from '../../numeric/decimate.js';
import { createValueOrder } from '../../numeric/value-order.js';
import type { ScoredSeries } from './scored-series.js';

const SYMBOLS = 3;
/** A series is thinned out to no fewer steps than this. */
const LEAST_THINNED = 50;

/** Counts which of three symbols follows which, once the values are cut into three equal parts at their quantiles. */
export interface SymbolPairs {
  /** Entropy of the pairs in nats: `SB_MotifThree_quantile_hh`. */
  pairEntropy(series: ScoredSeries): number;
  /**
   * Sum of the variances of the columns of the transition matrix, after the series was thinned out to the lag of its
   * first zero autocorrelation: `SB_TransitionMatrix_quantile_3_ac_sumdiagcov`.
   */
  transitionVariance(series: ScoredSeries): number;
}

export function createSymbolPairs(steps: number): SymbolPairs {
  const symbols = new Uint8Array(steps);
  const counts = new Float64Array(SYMBOLS * SYMBOLS);
  const thinned = new Float64Array(steps);
  const decimator = createDecimator();
  const thinnedOrder = createValueOrder(steps);

  function count(values: Float64Array, order: Uint32Array, length: number): void {
    const low = quantile(values, order, length, 1 / 3);
    const high = quantile(values, order, length, 2 / 3);
    for (let i = 0; i < length; i++) symbols[i] = values[i]! > high ? 2 : values[i]! > low ? 1 : 0;
    counts.fill(0);
    for (let i = 1; i < length; i++) counts[symbols[i - 1]! * SYMBOLS + symbols[i]!]!++;
  }

  return {
    pairEntropy: ({ values, order }) => {
      count(values, order, steps);
      return entropy(counts, steps - 1);
    },
    transitionVariance: ({ values, order, firstZero }) => {
      const factor = Math.min(firstZero, Math.floor(steps / LEAST_THINNED));
      if (factor <= 1) {
        count(values, order, steps);
        return columnVariance(counts, steps - 1);
      }
      const length = decimator.decimate(values, steps, factor, thinned);
      count(thinned, thinnedOrder.of(thinned, length), length);
      return columnVariance(counts, length - 1);
    },
  };
}

/** Between the two nearest values; the i-th of n, from 0, is taken as the quantile (i + 1/2) / n (Hazen, 1914). */
function quantile(values: Float64Array, order: Uint32Array, length: number, share: number): number {
  const place = Math.max(0, Math.min(length - 1, length * share - 0.5));
  const below = Math.floor(place);
  const lower = values[order[below]!]!;
  const upper = values[order[Math.min(length - 1, below + 1)]!]!;
  return lower + (place - below) * (upper - lower);
}

/**
 * Plug-in entropy, with what it lacks in small samples: half a count for each pair seen, over the pairs (Miller, 1955),
 * less those five that three symbols show in any case.
 */
function entropy(counts: Float64Array, pairs: number): number {
  let seen = 0;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const share = counts[i]! / pairs;
    if (share === 0) continue;
    seen++;
    sum -= share * Math.log(share);
  }
  return sum + Math.max(0, seen - 5) / (2 * pairs);
}

function columnVariance(counts: Float64Array, pairs: number): number {
  let sum = 0;
  for (let column = 0; column < SYMBOLS; column++) {
    const a = counts[column]! / pairs;
    const b = counts[SYMBOLS + column]! / pairs;
    const c = counts[2 * SYMBOLS + column]! / pairs;
    const mean = (a + b + c) / SYMBOLS;
    sum += ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / (SYMBOLS - 1);
  }
  return sum;
}
