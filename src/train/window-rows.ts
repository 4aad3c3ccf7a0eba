import type { CustomerIds, WindowBatch } from '../window/window-batch.js';

/** Slots of a batch of its own: one for each customer, in the order of first appearance. */
export function customersOf(names: readonly string[]): { readonly customers: Uint32Array; readonly ids: CustomerIds } {
  const slots = new Map<string, number>();
  const texts: string[] = [];
  const customers = Uint32Array.from(names, (name) => {
    let slot = slots.get(name);
    if (slot === undefined) {
      slot = texts.length;
      slots.set(name, slot);
      texts.push(name);
    }
    return slot;
  });
  return { customers, ids: { text: (slot) => texts[slot]! } };
}

/**
 * Chosen rows of a batch, copied, in the order of `rows`; without its late and quarantined events, and without labels, which
 * nothing that is trained may see.
 */
export function selectWindows(windows: WindowBatch, rows: Uint32Array): WindowBatch {
  const cells = windows.steps * windows.channels;
  const values = new Float32Array(rows.length * cells);
  const mask = new Uint8Array(rows.length * cells);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * cells;
    values.set(windows.values.subarray(from, from + cells), i * cells);
    mask.set(windows.mask.subarray(from, from + cells), i * cells);
  }
  const pick = <T extends Uint32Array | Float64Array | Uint16Array | Uint8Array>(column: T): T => {
    const picked = column.slice(0, rows.length) as T;
    for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i]!]!;
    return picked;
  };
  return {
    ...windows,
    length: rows.length,
    customers: pick(windows.customers),
    starts: pick(windows.starts),
    ends: pick(windows.ends),
    revisions: pick(windows.revisions),
    finals: pick(windows.finals),
    evicted: pick(windows.evicted),
    observedSteps: pick(windows.observedSteps),
    labels: undefined,
    values,
    mask,
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
  };
}
