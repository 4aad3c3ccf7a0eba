import type { WindowBatch } from '../../window/window-batch.js';
import { rowsSince } from '../changed-behaviour.js';
import { type HeldOutSplit, splitHeldOut } from '../split-held-out.js';
import type { TrainingJob } from '../training-job.js';
import { toWindowBatch } from '../window-columns.js';
import { selectWindows } from '../window-rows.js';

/** The windows of a training. */
export interface TrainingWindows {
  /** All of the reservoir. */
  readonly sampled: WindowBatch;
  /** Those that the model is made of and judged on: all, or those of a new behaviour. */
  readonly windows: WindowBatch;
  readonly split: HeldOutSplit;
}

export function toTrainingWindows({ reservoir, since, settings }: TrainingJob): TrainingWindows {
  const sampled = toWindowBatch(reservoir);
  const windows = since === undefined ? sampled : selectWindows(sampled, rowsSince(sampled, since));
  return { sampled, windows, split: splitHeldOut(windows, settings.heldOut, settings.encoder.seed) };
}
