import type { WindowBatch } from '../../window/window-batch.js';
import { rowsSince } from '../changed-behaviour.js';
import { type HeldOutSplit, splitHeldOut } from '../split-held-out.js';
import { surplusOf } from '../surplus-of.js';
import type { TrainingJob } from '../training-job.js';
import { toWindowBatch } from '../window-columns.js';
import { selectWindows } from '../window-rows.js';

/** The windows of a training. */
export interface TrainingWindows {
  /** All of the reservoir. */
  readonly sampled: WindowBatch;
  /** Those that the model is made of and judged on: all, or those of a new behaviour. */
  readonly windows: WindowBatch;
  /** 1 for those that are there for their rare segment alone: shares are told without them. */
  readonly surplus: Uint8Array; // (windows)
  /** What is held out is a sample of the stream: models are judged, and the usual is measured, by its shares. */
  readonly split: HeldOutSplit;
}

export function toTrainingWindows({ reservoir, since, settings }: TrainingJob): TrainingWindows {
  const sampled = toWindowBatch(reservoir);
  const all = surplusOf(reservoir);
  const rows = since === undefined ? undefined : rowsSince(sampled, since);
  const windows = rows === undefined ? sampled : selectWindows(sampled, rows);
  const surplus = rows === undefined ? all : Uint8Array.from(rows, (row) => all[row]!);
  const split = splitHeldOut(windows, settings.heldOut, settings.encoder.seed);
  return { sampled, windows, surplus, split: ofStream(split, windows, surplus) };
}

/** Without surplus windows among those held out, as long as any are left. */
function ofStream(split: HeldOutSplit, windows: WindowBatch, surplus: Uint8Array): HeldOutSplit {
  const heldOutRows = split.heldOutRows.filter((row) => surplus[row] === 0);
  if (heldOutRows.length === 0 || heldOutRows.length === split.heldOutRows.length) return split;
  return { ...split, heldOutRows, heldOut: selectWindows(windows, heldOutRows) };
}
