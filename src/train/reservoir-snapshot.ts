import type { WindowBatch } from '../window/window-batch.js';
import { toWindowBatch, toWindowColumns, type WindowColumns } from './window-columns.js';
import { selectWindows } from './window-rows.js';

/** What a reservoir holds, by window start and customer: plain data and typed arrays. */
export interface ReservoirSnapshot extends WindowColumns {
  readonly formatVersion: 1;
  /** Windows offered so far. */
  readonly offered: number;
  readonly seed: number;
  readonly halfLifeMs: number | null;
}

/** Windows as if a reservoir held them, in their order; the arrays are the batch's own. */
export function toReservoirSnapshot(windows: WindowBatch, seed: number): ReservoirSnapshot {
  return { formatVersion: 1, offered: windows.length, seed, halfLifeMs: null, ...toWindowColumns(windows) };
}

/** The same without the windows of a customer. */
export function withoutCustomer(kept: ReservoirSnapshot, customerId: string): ReservoirSnapshot {
  if (!kept.customers.includes(customerId)) return kept;
  const rows = Uint32Array.from(kept.customers.keys()).filter((row) => kept.customers[row] !== customerId);
  return { ...kept, ...toWindowColumns(selectWindows(toWindowBatch(kept), rows)) };
}
