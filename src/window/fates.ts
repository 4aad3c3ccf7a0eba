import type { Fates } from './window-batch.js';

export const NO_FATES: Fates = {
  in: 0,
  accepted: 0,
  late: 0,
  duplicate: 0,
  deadLettered: 0,
  quarantined: 0,
  skipped: 0,
};

export function addFates(a: Fates, b: Fates): Fates {
  return mapFates((fate) => a[fate] + b[fate]);
}

/** What became of the events between two looks. */
export function fatesSince(before: Fates, now: Fates): Fates {
  return mapFates((fate) => now[fate] - before[fate]);
}

function mapFates(countOf: (fate: keyof Fates) => number): Fates {
  const fates = Object.keys(NO_FATES) as (keyof Fates)[];
  return Object.fromEntries(fates.map((fate) => [fate, countOf(fate)])) as Record<keyof Fates, number>;
}
