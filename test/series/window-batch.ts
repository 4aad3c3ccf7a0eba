import type { WindowBatch } from '../../src/window/window-batch.js';

/** Windows of the given cells, (batch, steps, channels); what the series stage does not read is left empty. */
export function toWindowBatch(
  steps: number,
  channels: number,
  values: ArrayLike<number>,
  mask: ArrayLike<number> = new Uint8Array(values.length),
): WindowBatch {
  const length = values.length / (steps * channels);
  return {
    length,
    steps,
    channels,
    customers: new Uint32Array(length),
    ids: { text: String },
    starts: new Float64Array(length),
    ends: new Float64Array(length),
    revisions: new Uint16Array(length),
    finals: new Uint8Array(length).fill(1),
    evicted: new Uint8Array(length),
    values: Float32Array.from(values),
    mask: Uint8Array.from(mask),
    observedSteps: new Uint16Array(length),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: 0,
  };
}
