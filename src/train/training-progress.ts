import type { VraeProgress } from '../encode/vrae/train-vrae.js';

/** Where a training stands. */
export interface TrainingProgress extends VraeProgress {
  /** How often each window has been learnt from, on average. */
  readonly epoch: number;
  /** Windows learnt from per second, over the training so far. */
  readonly windowsPerSecond: number;
  /** Time that the updates which are left will take at that pace, ms; a training that stops early takes less. */
  readonly remainingMs: number;
}

/**
 * Adds pace and remaining time to what a training tells of itself.
 *
 * @param batch windows in one update
 * @param now monotonic time, ms
 */
export function createProgressMeter(batch: number, now: () => number): (progress: VraeProgress) => TrainingProgress {
  const began = now();
  return (progress) => {
    const { updates, of, series } = progress;
    const elapsedMs = now() - began;
    const epoch = updates / Math.max(1, Math.ceil(series / batch));
    return {
      ...progress,
      epoch,
      windowsPerSecond: elapsedMs > 0 ? (1000 * epoch * series) / elapsedMs : 0,
      remainingMs: updates > 0 ? (elapsedMs * (of - updates)) / updates : 0,
    };
  };
}
