import { SegtideError } from '../errors.js';
import { unitHash } from '../numeric/unit-hash.js';
import type { WindowBatch } from '../window/window-batch.js';
import { selectWindows } from './window-rows.js';

export interface HeldOutSplit {
  readonly train: WindowBatch;
  readonly heldOut: WindowBatch;
  /** Rows of the split batch, ascending. */
  readonly trainRows: Uint32Array;
  readonly heldOutRows: Uint32Array;
}

/**
 * Sets windows aside on which models are judged.
 *
 * Whole customers are held out, since overlapping windows of one share steps; and the same ones for the same seed, so
 * that no champion has learnt from the windows on which a challenger is held against it. With too few customers for
 * that, windows are held out one by one; both sides have at least one where there are two.
 *
 * @param share of the windows to hold out, in (0, 1), on average
 * @throws SegtideError `config` when the share is out of range.
 */
export function splitHeldOut(windows: WindowBatch, share: number, seed: number): HeldOutSplit {
  if (!(share > 0 && share < 1)) {
    throw new SegtideError('config', `The held-out share must lie between 0 and 1; got ${share}`);
  }
  const { length, customers, ids, starts } = windows;
  const byCustomer = Float64Array.from(customers, (slot) => unitHash(ids.text(slot), 0, seed));
  const byWindow = Float64Array.from(customers, (slot, i) => unitHash(ids.text(slot), starts[i]!, seed));
  let rows = below(byCustomer, share);
  // A tenth either way of the share is what a hundred customers give; far off, a few customers have it all.
  if (rows.length === 0 || rows.length === length || Math.abs(rows.length / length - share) > share / 2) {
    rows = below(byWindow, share);
  }
  if (length > 1 && (rows.length === 0 || rows.length === length)) rows = below(byWindow, leastTwo(byWindow));
  const out = new Set(rows);
  const trainRows = Uint32Array.from({ length }, (_, i) => i).filter((row) => !out.has(row));
  return {
    train: selectWindows(windows, trainRows),
    heldOut: selectWindows(windows, rows),
    trainRows,
    heldOutRows: rows,
  };
}

function below(draws: Float64Array, share: number): Uint32Array {
  const rows: number[] = [];
  for (let i = 0; i < draws.length; i++) if (draws[i]! < share) rows.push(i);
  return Uint32Array.from(rows);
}

/** The second least draw: exactly one row is below it. */
function leastTwo(draws: Float64Array): number {
  return draws.slice().sort()[1]!;
}
