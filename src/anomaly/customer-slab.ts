/** What the alert rules remember of a customer beside its habits, by slot: 96 bytes in two typed arrays. */
export interface CustomerSlab {
  /** Grown before use by `reserve`; rows of `TIMES`. */
  times: Float64Array; // (slots, TIMES)
  numbers: Float32Array; // (slots, NUMBERS)
}

/** Columns of `times`, epoch ms; 0 for never. */
export const ODD_UNTIL = 0;
/** Start of the open window whose alert waits for its end. */
export const ODD_OPEN = 1;
/** End of the latest step with any usage. */
export const ACTIVE_UNTIL = 2;
/** End of the latest step that was counted. */
export const COUNTED_UNTIL = 3;
/** End of the first step with any usage. */
export const ACTIVE_FROM = 4;
/** Since when the silence goes on that was told last. */
export const SILENT_SINCE = 5;
export const TIMES = 6;

/** Columns of `numbers`. */
export const ACTIVE_SHARE = 0;
/** Longest silence that is usual, steps. */
export const USUAL_GAP = 1;
export const COUNTED_STEPS = 2;
/** Sum of the lengths of silences, and of their squares, steps. */
export const GAP_STEPS = 3;
/** Segments by number, from 1; 0 for none. */
export const SEGMENT = 4;
export const CANDIDATE = 5;
export const CANDIDATE_WINDOWS = 6;
export const CANDIDATE_CAUSE = 7;
/** Segments that the customer was in lately, a bit each, and in the span before. */
export const VISITED = 8;
export const VISITED_BEFORE = 9;
/** Windows whose segment is known. */
export const SEGMENT_WINDOWS = 10;
export const GAP_SQUARES = 11;
export const NUMBERS = 12;

export function createCustomerSlab(from?: CustomerSlab): CustomerSlab {
  return { times: new Float64Array(from?.times ?? []), numbers: new Float32Array(from?.numbers ?? []) };
}

/** Makes room for a slot. */
export function reserve(slab: CustomerSlab, slot: number): void {
  if ((slot + 1) * TIMES <= slab.times.length) return;
  const slots = Math.max(1024, slot + 1, (slab.times.length / TIMES) * 2);
  const times = new Float64Array(slots * TIMES);
  times.set(slab.times);
  const numbers = new Float32Array(slots * NUMBERS);
  numbers.set(slab.numbers);
  slab.times = times;
  slab.numbers = numbers;
}

export function forget(slab: CustomerSlab, slots: Uint32Array): void {
  for (const slot of slots) {
    slab.times.fill(0, slot * TIMES, (slot + 1) * TIMES);
    slab.numbers.fill(0, slot * NUMBERS, (slot + 1) * NUMBERS);
  }
}

/** A copy without the slots at the end that nothing is remembered of. */
export function trimmed({ times, numbers }: CustomerSlab): CustomerSlab {
  let slots = times.length / TIMES;
  const isEmpty = (slot: number): boolean =>
    times.subarray(slot * TIMES, (slot + 1) * TIMES).every((time) => time === 0) &&
    numbers.subarray(slot * NUMBERS, (slot + 1) * NUMBERS).every((number) => number === 0);
  while (slots > 0 && isEmpty(slots - 1)) slots--;
  return { times: times.slice(0, slots * TIMES), numbers: numbers.slice(0, slots * NUMBERS) };
}
