import type { WindowBatch } from '../window/window-batch.js';
import { toWindowBatch, toWindowColumns, type WindowColumns } from './window-columns.js';
import { selectWindows } from './window-rows.js';

/** What a reservoir holds, by window start and customer: plain data and typed arrays. */
export interface ReservoirSnapshot extends WindowColumns {
  readonly formatVersion: 2;
  /** Windows offered so far. */
  readonly offered: number;
  readonly seed: number;
  readonly halfLifeMs: number | null;
  /** How much each window counted when it was sampled, at least 1. */
  readonly weights: Float64Array; // (rows)
  /** Largest key of those that were refused or given up; null where none was. */
  readonly threshold: number | null;
}

/** Windows as if a reservoir held them, in their order; the arrays are the batch's own. */
export function toReservoirSnapshot(windows: WindowBatch, seed: number): ReservoirSnapshot {
  const weights = new Float64Array(windows.length).fill(1);
  const offered = windows.length;
  return { formatVersion: 2, offered, seed, halfLifeMs: null, weights, threshold: null, ...toWindowColumns(windows) };
}

/** The same without the windows of a customer. */
export function withoutCustomer(kept: ReservoirSnapshot, customerId: string): ReservoirSnapshot {
  if (!kept.customers.includes(customerId)) return kept;
  const rows = Uint32Array.from(kept.customers.keys()).filter((row) => kept.customers[row] !== customerId);
  const weights = Float64Array.from(rows, (row) => kept.weights[row]!);
  return { ...kept, weights, ...toWindowColumns(selectWindows(toWindowBatch(kept), rows)) };
}
