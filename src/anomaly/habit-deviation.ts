import type { ExplainedPart } from './alert.js';

/** How unlike itself a customer is in a window. */
export interface HabitDeviation {
  /** The rarer of the two below: about -log10 of the share of usual windows that are as unlike their customer. */
  readonly score: number;
  /** Of the run of steps that differs most in amount, in standard deviations of the customer's own. */
  readonly run: number;
  /** Of the difference over all steps from the customer's usual course, in standard deviations of its logarithm. */
  readonly shape: number;
}

/** What a customer was expected to do, in the channels' units. */
export interface ExpectedHabit {
  readonly expected: Float32Array; // (steps, channels)
  /** Of what was seen, in standard deviations; 0 where nothing is known. */
  readonly deviations: Float64Array; // (steps, channels)
}

/**
 * What makes either about -log10 of its share among usual windows, for shares from a tenth to one in ten thousand, and what
 * it is in half of them: measured on stationary simulated customers (docs/alerts.md).
 */
const RUN_UNIT = 2.9;
const USUAL_RUN = 2.7;
const SHAPE_UNIT = 0.8;

/** Spread of the logarithm of differences before any is known, and the windows that it counts for. */
const USUAL_SPREAD = 0.5;
const USUAL_WINDOWS = 8;

interface Measured {
  readonly run: number;
  /** Logarithm of the mean square difference, in usual ones. */
  readonly logSquare: number;
  /** What its square was on average. */
  readonly variance: number;
  /** Windows that are known of the customer. */
  readonly learnt: number;
  /** Of the window, that is known. */
  readonly share: number;
}

export function toHabitDeviation({ run, logSquare, variance, learnt, share }: Measured): HabitDeviation {
  // The first window has nothing that it could differ from.
  const told = learnt - 1;
  const spread = Math.sqrt((variance * told + USUAL_WINDOWS * USUAL_SPREAD ** 2) / (told + USUAL_WINDOWS));
  // The mean over part of a window varies more.
  const shape = (logSquare * Math.sqrt(share)) / spread;
  return { score: Math.max(run / RUN_UNIT, shape / SHAPE_UNIT), run, shape };
}

/** The rarer first. */
export function toHabitParts({ run, shape }: HabitDeviation): ExplainedPart[] {
  const parts = [
    { part: 'amount', value: run, usual: USUAL_RUN, score: run / RUN_UNIT },
    { part: 'shape', value: shape, usual: 0, score: Math.max(0, shape / SHAPE_UNIT) },
  ];
  return parts.sort((a, b) => b.score - a.score);
}
