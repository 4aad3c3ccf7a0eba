import type { FittedViews } from './fitted-views.js';

/** What each column of the views side by side counts. */
export function toColumnWeights({ views }: FittedViews, weights: readonly number[]): Float64Array {
  return Float64Array.from(views.flatMap(({ size }, i) => Array<number>(size).fill(weights[i]!)));
}
