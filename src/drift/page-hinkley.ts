export interface PageHinkleyOptions {
  /** Change of the mean that is not worth telling, in the values' unit. @default 0.005 */
  readonly delta?: number;
  /** Sum of deviations from which on it is a change. @default 50 */
  readonly threshold?: number;
  /** Share of the sum that stays from value to value. @default 0.9999 */
  readonly alpha?: number;
  /** Values before the first change. @default 30 */
  readonly minValues?: number;
}

/** Plain data. */
export interface PageHinkleySnapshot {
  readonly count: number;
  readonly mean: number;
  readonly rise: number;
  /** null before the first value. */
  readonly leastRise: number | null;
  readonly fall: number;
  readonly mostFall: number;
  readonly changed: boolean;
}

/** Adds up deviations from the mean so far: a mean that moved makes the sum leave its extreme. */
export interface PageHinkley {
  /** Takes the next value; true when the mean has changed, after which it begins anew. */
  observe(value: number): boolean;
  snapshot(): PageHinkleySnapshot;
}

/** Creates the two-sided test of Page (1954) and Hinkley as River has it. */
export function createPageHinkley(options: PageHinkleyOptions = {}, snapshot?: PageHinkleySnapshot): PageHinkley {
  const { delta = 0.005, threshold = 50, alpha = 0.9999, minValues = 30 } = options;
  let state = snapshot ?? BEGIN;
  return {
    observe(value) {
      const from = state.changed ? BEGIN : state;
      const count = from.count + 1;
      const mean = from.mean + (value - from.mean) / count;
      const rise = alpha * from.rise + value - mean - delta;
      const fall = alpha * from.fall + value - mean + delta;
      const leastRise = Math.min(rise, from.leastRise ?? Number.POSITIVE_INFINITY);
      const mostFall = Math.max(fall, from.mostFall);
      const changed = count >= minValues && (rise - leastRise > threshold || mostFall - fall > threshold);
      state = { count, mean, rise, leastRise, fall, mostFall, changed };
      return changed;
    },
    snapshot: () => state,
  };
}

/** The fall begins at -1 as in River. */
const BEGIN: PageHinkleySnapshot = {
  count: 0,
  mean: 0,
  rise: 0,
  leastRise: null,
  fall: 0,
  mostFall: -1,
  changed: false,
};
