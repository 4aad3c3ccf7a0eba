import { MASK_ABSENT, type WindowBatch } from '../window/window-batch.js';

/** Steps of a window that are known: all of a closed one, and those up to now of one that is still open. */
export function knownSteps(windows: WindowBatch, row: number): number {
  const { steps, channels, mask } = windows;
  if (windows.finals[row] === 1) return steps;
  let known = steps;
  const isAbsent = (step: number): boolean => {
    const at = (row * steps + step) * channels;
    for (let cell = at; cell < at + channels; cell++) if (mask[cell] !== MASK_ABSENT) return false;
    return true;
  };
  while (known > 0 && isAbsent(known - 1)) known--;
  return known;
}

/** Epoch ms at which a step of a window begins, or the window ends; steps that vary in length are taken as alike. */
export function timeOfStep({ starts, ends, steps }: WindowBatch, row: number, step: number): number {
  return starts[row]! + ((ends[row]! - starts[row]!) * step) / steps;
}
