import { type CustomerTable, LAST } from './customer-table.js';

/** Slots of customers whose latest step is before `step`, in the order in which they joined. */
export function silentBefore(customers: CustomerTable, step: number): Int32Array {
  const { rows, stride, order, live } = customers;
  const silent: number[] = [];
  for (let k = 0; k < live; k++) if (rows[order[k]! * stride + LAST]! < step) silent.push(order[k]!);
  return Int32Array.from(silent);
}

/** Earliest latest step of any customer; Infinity without any. */
export function longestSilence(customers: CustomerTable): number {
  const { rows, stride, order, live } = customers;
  let earliest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < live; k++) earliest = Math.min(earliest, rows[order[k]! * stride + LAST]!);
  return earliest;
}

/** Slots of the `count` longest silent customers; of equally silent ones, those who joined first. */
export function longestSilent(customers: CustomerTable, count: number): Int32Array {
  const { rows, stride, order, live } = customers;
  const lasts = new Int32Array(live);
  for (let k = 0; k < live; k++) lasts[k] = rows[order[k]! * stride + LAST]!;
  const limit = lasts.slice().sort()[count - 1]!;
  let atLimit = count;
  for (let k = 0; k < live; k++) if (lasts[k]! < limit) atLimit--;
  const chosen = new Int32Array(count);
  let n = 0;
  for (let k = 0; k < live && n < count; k++) {
    if (lasts[k]! < limit || (lasts[k] === limit && atLimit-- > 0)) chosen[n++] = order[k]!;
  }
  return chosen;
}
