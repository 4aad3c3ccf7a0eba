import type { WindowBatch } from '../window/window-batch.js';
import type { Alert } from './alert.js';
import { type CustomerSlab, ODD_OPEN, ODD_UNTIL, TIMES } from './customer-slab.js';

export interface Oddity {
  readonly status: Alert['status'];
  /** Whether it tells what became of an alert that was raised before. */
  readonly isUpdate: boolean;
}

/**
 * Decides what becomes of a window that is odd, or is not: one alert for a customer and its time, whatever number of
 * overlapping windows, provisional results and revisions show it.
 *
 * @param knownUntil event time up to which the window is known
 * @returns what to raise; undefined for nothing
 */
export function observeOddity(
  { times }: CustomerSlab,
  windows: WindowBatch,
  row: number,
  isOdd: boolean,
  knownUntil: number,
  cooldownMs: number,
): Oddity | undefined {
  const at = windows.customers[row]! * TIMES;
  const start = windows.starts[row]!;
  const isFinal = windows.finals[row] === 1;
  const isWaiting = times[at + ODD_OPEN] === start && times[at + ODD_UNTIL] !== 0;
  if (isWaiting) {
    if (!isFinal) return undefined;
    times[at + ODD_OPEN] = 0;
    times[at + ODD_UNTIL] = isOdd ? knownUntil : 0;
    return { status: isOdd ? 'confirmed' : 'withdrawn', isUpdate: true };
  }
  // A window cut short by eviction never closes.
  if (!isOdd || windows.evicted[row] === 1) return undefined;
  const since = times[at + ODD_UNTIL]!;
  if (since !== 0 && knownUntil < since + cooldownMs) return undefined;
  times[at + ODD_UNTIL] = knownUntil;
  times[at + ODD_OPEN] = isFinal ? 0 : start;
  return { status: isFinal ? 'confirmed' : 'provisional', isUpdate: false };
}
