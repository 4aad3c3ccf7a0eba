import { NO_CENTROID } from '../cluster/refit-centroids.js';
import type { WindowBatch } from '../window/window-batch.js';

/** Rows of windows that began at a time or later, ascending. */
export function rowsSince({ starts }: Pick<WindowBatch, 'starts'>, since: number): Uint32Array {
  const rows: number[] = [];
  for (let i = 0; i < starts.length; i++) if (starts[i]! >= since) rows.push(i);
  return Uint32Array.from(rows);
}

/** The last row of each customer before a time, ascending. */
export function lastRowsBefore({ customers, starts }: WindowBatch, since: number): Uint32Array {
  const last = new Map<number, number>();
  for (let i = 0; i < starts.length; i++) {
    if (starts[i]! >= since) continue;
    const known = last.get(customers[i]!);
    if (known === undefined || starts[i]! >= starts[known]!) last.set(customers[i]!, i);
  }
  return Uint32Array.from(last.values()).sort();
}

/**
 * What segment windows belonged to by their customers, for windows whose behaviour the model before does not know: the
 * customer's segment before the change. Who is together with whom outlasts what they do together.
 *
 * @param membership of the windows themselves, by the model before: what counts for customers who came later
 * @param former the last windows before the change, one of a customer
 * @param formerMembership of those
 */
export function membershipByCustomer(
  windows: WindowBatch,
  membership: Uint16Array,
  former: WindowBatch,
  formerMembership: Uint16Array,
): Uint16Array {
  const segments = new Map<string, number>();
  for (let i = 0; i < former.length; i++) {
    if (formerMembership[i] !== NO_CENTROID) segments.set(former.ids.text(former.customers[i]!), formerMembership[i]!);
  }
  return membership.map((own, i) => segments.get(windows.ids.text(windows.customers[i]!)) ?? own);
}
