import type { WindowBatch } from './window-batch.js';

/** What batches of nothing but the first results of closed windows have in common. */
export function firstResults(length: number) {
  return {
    revisions: new Uint16Array(length),
    finals: new Uint8Array(length).fill(1),
    evicted: new Uint8Array(length),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
  } satisfies Partial<WindowBatch>;
}
