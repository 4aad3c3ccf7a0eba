import { SegtideError } from '../errors.js';
import { exactKsPValue, kolmogorovSmirnov } from './kolmogorov-smirnov.js';

export interface KswinOptions {
  /** Largest p-value of a change. @default 0.005 */
  readonly alpha?: number;
  /** Values kept. @default 100 */
  readonly windowSize?: number;
  /** Newest values, which as many drawn from the older ones are compared with. @default 30 */
  readonly statSize?: number;
  /** Draws `count` different whole numbers from [0, n). */
  readonly draw: (n: number, count: number) => ArrayLike<number>;
}

/** Plain data; the random source's state is its owner's. */
export interface KswinSnapshot {
  readonly window: readonly number[];
}

/** Compares the newest values with a draw from those before them. */
export interface Kswin {
  /** Takes the next value; true when the distribution has changed, after which the newest values alone stay. */
  observe(value: number): boolean;
  /** Of the last comparison; 1 before the first. */
  readonly pValue: number;
  snapshot(): KswinSnapshot;
}

/** A statistic at or below is no change, however small the p-value. */
const LEAST_STATISTIC = 0.1;

/**
 * Creates KSWIN (Raab, Heusinger & Schleif, 2020) as River has it, with the exact p-value of two samples of one size.
 *
 * @throws SegtideError `config` when the newest values and as many older ones don't fit into the window
 */
export function createKswin(options: KswinOptions, snapshot?: KswinSnapshot): Kswin {
  const { alpha = 0.005, windowSize = 100, statSize = 30, draw } = options;
  if (!(statSize >= 1 && 2 * statSize <= windowSize)) {
    throw new SegtideError(
      'config',
      `KSWIN's \`windowSize\` must hold \`statSize\` values twice; got ${windowSize} and ${statSize}`,
    );
  }
  let window = [...(snapshot?.window ?? [])];
  let pValue = 1;
  return {
    observe(value) {
      window.push(value);
      if (window.length > windowSize) window.shift();
      if (window.length < windowSize) return false;
      const older = windowSize - statSize;
      const drawn = Float64Array.from(draw(older, statSize), (i) => window[i]!);
      const newest = window.slice(older);
      const { statistic } = kolmogorovSmirnov(drawn, Float64Array.from(newest));
      pValue = exactKsPValue(statistic, statSize);
      const changed = pValue <= alpha && statistic > LEAST_STATISTIC;
      if (changed) window = newest;
      return changed;
    },
    get pValue() {
      return pValue;
    },
    snapshot: () => ({ window: [...window] }),
  };
}
