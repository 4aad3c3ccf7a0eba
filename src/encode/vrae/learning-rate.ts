import type { VraeSettings } from './vrae-options.js';

/** Share of the learning rate that a cosine leaves at the last update. */
const LAST_RATE = 0.1;

/** The learning rate of update `update`, counted from 0. */
export function learningRateAt(
  update: number,
  { learningRate, schedule, rateWarmUp, updates }: LearningRateSettings,
): number {
  const warmUp = rateWarmUp * updates;
  if (update + 1 < warmUp) return (learningRate * (update + 1)) / warmUp;
  if (schedule === 'constant') return learningRate;
  const progress = (update - Math.max(0, Math.ceil(warmUp) - 1)) / Math.max(1, updates - warmUp);
  return learningRate * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress))));
}

type LearningRateSettings = Pick<VraeSettings, 'learningRate' | 'schedule' | 'rateWarmUp' | 'updates'>;
