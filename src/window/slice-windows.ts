import type { WindowBatch } from './window-batch.js';

/**
 * Rows [from, to) of a batch as views on the same buffers. What belongs to the batch as a whole (late and quarantined
 * events, released slots) goes with the first slice alone, so that it is dealt with once.
 */
export function sliceWindows(batch: WindowBatch, from: number, to: number): WindowBatch {
  if (from === 0 && to === batch.length) return batch;
  const cells = batch.steps * batch.channels;
  const last = to === batch.length;
  return {
    length: to - from,
    steps: batch.steps,
    channels: batch.channels,
    customers: batch.customers.subarray(from, to),
    ids: batch.ids,
    starts: batch.starts.subarray(from, to),
    ends: batch.ends.subarray(from, to),
    revisions: batch.revisions.subarray(from, to),
    finals: batch.finals.subarray(from, to),
    evicted: batch.evicted.subarray(from, to),
    values: batch.values.subarray(from * cells, to * cells),
    mask: batch.mask.subarray(from * cells, to * cells),
    observedSteps: batch.observedSteps.subarray(from, to),
    ...(batch.labels && { labels: batch.labels.subarray(from, to) }),
    late: from === 0 ? batch.late : [],
    quarantined: from === 0 ? batch.quarantined : [],
    // Slots are forgotten once the last row that may name them is dealt with.
    released: last ? batch.released : NO_SLOTS,
    watermark: batch.watermark,
  };
}

const NO_SLOTS = new Uint32Array(0);
