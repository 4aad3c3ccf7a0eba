import { createRandom } from '../../src/numeric/random.js';

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** 95 % bootstrap interval of the median. */
export function interval(values: readonly number[]): readonly [number, number] {
  const random = createRandom(1);
  const medians = Array.from({ length: 2000 }, () => median(values.map(() => values[random.below(values.length)]!)));
  medians.sort((a, b) => a - b);
  return [medians[50]!, medians[1949]!];
}

/** Median and interval as they are printed: `1.234 [1.111, 1.345]`. */
export function showMedian(values: readonly number[], digits = 3): string {
  const [low, high] = interval(values);
  return `${median(values).toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
