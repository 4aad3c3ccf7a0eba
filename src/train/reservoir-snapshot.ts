import type { WindowBatch } from '../window/window-batch.js';
import { customersOf } from './window-rows.js';

/** What a reservoir holds, by window start and customer: plain data and typed arrays. */
export interface ReservoirSnapshot {
  readonly formatVersion: 1;
  /** Windows offered so far. */
  readonly offered: number;
  readonly steps: number;
  readonly channels: number;
  readonly seed: number;
  readonly halfLifeMs: number | null;
  readonly customers: readonly string[];
  readonly starts: Float64Array; // (rows)
  readonly ends: Float64Array; // (rows)
  readonly observedSteps: Uint16Array; // (rows)
  readonly values: Float32Array; // (rows, steps, channels)
  readonly mask: Uint8Array; // (rows, steps, channels)
}

/** The kept windows as a batch, by start and customer; the arrays are the snapshot's own. */
export function toReservoirWindows(kept: ReservoirSnapshot): WindowBatch {
  const length = kept.customers.length;
  return {
    length,
    steps: kept.steps,
    channels: kept.channels,
    ...customersOf(kept.customers),
    starts: kept.starts,
    ends: kept.ends,
    revisions: new Uint16Array(length),
    finals: new Uint8Array(length).fill(1),
    evicted: new Uint8Array(length),
    values: kept.values,
    mask: kept.mask,
    observedSteps: kept.observedSteps,
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: kept.ends.reduce((latest, end) => Math.max(latest, end), Number.NEGATIVE_INFINITY),
  };
}

/** Windows as if a reservoir held them, in their order; the arrays are the batch's own. */
export function toReservoirSnapshot(windows: WindowBatch, seed: number): ReservoirSnapshot {
  const { length, steps, channels, customers, ids, starts, ends, observedSteps, values, mask } = windows;
  return {
    formatVersion: 1,
    offered: length,
    steps,
    channels,
    seed,
    halfLifeMs: null,
    customers: Array.from(customers, (slot) => ids.text(slot)),
    starts,
    ends,
    observedSteps,
    values,
    mask,
  };
}
