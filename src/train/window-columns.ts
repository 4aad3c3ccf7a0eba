import { firstResults } from '../window/first-results.js';
import type { WindowBatch } from '../window/window-batch.js';
import { customersOf } from './window-rows.js';

/** First results of closed windows as plain data, that can be copied, stored and sent. */
export interface WindowColumns {
  readonly steps: number;
  readonly channels: number;
  readonly customers: readonly string[];
  readonly starts: Float64Array; // (rows)
  readonly ends: Float64Array; // (rows)
  readonly observedSteps: Uint16Array; // (rows)
  readonly values: Float32Array; // (rows, steps, channels)
  readonly mask: Uint8Array; // (rows, steps, channels)
}

/** Columns of windows in their order; the arrays are the batch's own. */
export function toWindowColumns(windows: WindowBatch): WindowColumns {
  const { steps, channels, customers, ids, starts, ends, observedSteps, values, mask } = windows;
  const names = Array.from(customers, (slot) => ids.text(slot));
  return { steps, channels, customers: names, starts, ends, observedSteps, values, mask };
}

/** The windows again as a batch; the arrays are the columns' own. */
export function toWindowBatch(columns: WindowColumns): WindowBatch {
  const { steps, channels, customers, starts, ends, observedSteps, values, mask } = columns;
  const length = customers.length;
  return {
    length,
    steps,
    channels,
    ...customersOf(customers),
    starts,
    ends,
    ...firstResults(length),
    values,
    mask,
    observedSteps,
    watermark: ends.reduce((latest, end) => Math.max(latest, end), Number.NEGATIVE_INFINITY),
  };
}
