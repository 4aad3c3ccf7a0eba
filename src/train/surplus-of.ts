import type { ReservoirSnapshot } from './reservoir-snapshot.js';
import { samplingKey } from './sampling-key.js';

/**
 * Tells the windows that are in a reservoir for the sake of their rare segment alone. The others are just those that a
 * smaller reservoir would keep without weights: a sample of the stream, by which shares are told.
 *
 * A window whose key without its weight is above every key that was refused is in either way; and any other window with
 * such a key is in, too.
 *
 * @returns 1 for a surplus window, (rows)
 */
export function surplusOf(kept: ReservoirSnapshot): Uint8Array {
  const { customers, starts, weights, threshold } = kept;
  if (threshold === null) return new Uint8Array(weights.length);
  return Uint8Array.from(weights, (weight, row) =>
    weight > 1 && samplingKey(customers[row]!, starts[row]!, kept) < threshold ? 1 : 0,
  );
}
