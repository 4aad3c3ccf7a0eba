import { firstResults } from './first-results.js';
import type { WindowBatch } from './window-batch.js';

/** Values and mask of windows that were cut elsewhere. */
export interface GivenWindows {
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array; // (length, steps, channels)
  readonly mask: Uint8Array; // (length, steps, channels)
}

/**
 * A batch of windows that were cut elsewhere: each is a customer of its own, named by its row, and their times, alike
 * for all, say nothing.
 */
export function toGivenWindows({ length, steps, channels, values, mask }: GivenWindows): WindowBatch {
  const observedSteps = new Uint16Array(length);
  for (let step = 0; step < length * steps; step++) {
    if (mask.subarray(step * channels, (step + 1) * channels).includes(0))
      observedSteps[Math.floor(step / steps)]! += 1;
  }
  return {
    length,
    steps,
    channels,
    customers: Uint32Array.from({ length }, (_, i) => i),
    ids: { text: (slot) => String(slot) },
    starts: new Float64Array(length),
    ends: new Float64Array(length).fill(1),
    ...firstResults(length),
    values,
    mask,
    observedSteps,
    watermark: 1,
  };
}
