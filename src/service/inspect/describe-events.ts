import type { UsageSample } from './usage-sample.js';

/** Quantiles of a figure over customers, or over gaps. */
export interface Quantiles {
  readonly least: number;
  readonly median: number;
  readonly p90: number;
  readonly most: number;
}

/** How events come. */
export interface EventFacts {
  readonly events: number;
  readonly customers: number;
  /** Epoch ms. */
  readonly first: number;
  readonly last: number;
  readonly perCustomer: Quantiles;
  /** From a customer's first event to its last, ms. */
  readonly spans: Quantiles;
  /** Between two events of a customer, ms; null where no customer has two. */
  readonly gaps: Quantiles | null;
  /** Share of the gaps that are the most frequent one, and that gap, ms: near 1 for readings at fixed times. */
  readonly regular: { readonly gapMs: number; readonly share: number };
  /** Share of events that came after a later one; by how much, ms, 99.9 % of all events at most, and the last of them. */
  readonly outOfOrder: { readonly share: number; readonly usualMs: number; readonly longestMs: number };
  /** Whether records come customer by customer, each from its beginning. */
  readonly byCustomer: boolean;
  readonly duplicates: number;
  /** Records without a customer, without a time, or of a time far from all others. */
  readonly incomplete: number;
  /** Of the values, in [0, 1]. */
  readonly zeros: number;
  readonly missing: number;
  readonly negative: number;
  /** Whether values are meter readings, which hardly ever fall. */
  readonly cumulative: boolean;
}

/** @param usage at least one event */
export function describeEvents(usage: UsageSample): EventFacts {
  const { length, customers, times, values, duplicates, incomplete } = usage;
  const rows = rowsByCustomer(usage);
  const gaps = rows.flatMap((own) => own.slice(1).map((row, i) => times[row]! - times[own[i]!]!));
  const [first, last] = rangeOf(times);
  const known = values.filter((value) => !Number.isNaN(value));
  return {
    events: length,
    customers: customers.length,
    first,
    last,
    perCustomer: quantiles(rows.map((own) => own.length)),
    spans: quantiles(rows.map((own) => times[own.at(-1)!]! - times[own[0]!]!)),
    gaps: gaps.length === 0 ? null : quantiles(gaps),
    regular: mostFrequent(gaps),
    ...orderOf(usage),
    duplicates,
    incomplete,
    zeros: shareOf(known, (value) => value === 0),
    missing: shareOf(values, Number.isNaN),
    negative: shareOf(known, (value) => value < 0),
    cumulative: isCumulative(rows, values),
  };
}

/** Rows of each customer, by event time. */
export function rowsByCustomer({ customers, customer, times }: UsageSample): readonly (readonly number[])[] {
  const rows: number[][] = customers.map(() => []);
  for (let i = 0; i < customer.length; i++) rows[customer[i]!]!.push(i);
  for (const own of rows) own.sort((a, b) => times[a]! - times[b]!);
  return rows;
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { least: at(0), median: at(0.5), p90: at(0.9), most: at(1) };
}

function rangeOf(values: Float64Array): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function mostFrequent(gaps: readonly number[]): EventFacts['regular'] {
  const counts = new Map<number, number>();
  for (const gap of gaps) counts.set(gap, (counts.get(gap) ?? 0) + 1);
  let gapMs = 0;
  let most = 0;
  for (const [gap, count] of counts) {
    if (count <= most || gap === 0) continue;
    gapMs = gap;
    most = count;
  }
  return { gapMs, share: gaps.length === 0 ? 0 : most / gaps.length };
}

function orderOf({ times, customer, customers, length }: UsageSample): Pick<EventFacts, 'outOfOrder' | 'byCustomer'> {
  let newest = Number.NEGATIVE_INFINITY;
  const delays = new Float64Array(length);
  let behind = 0;
  let changes = 0;
  for (let i = 0; i < length; i++) {
    delays[i] = Math.max(0, newest - times[i]!);
    if (delays[i]! > 0) behind++;
    newest = Math.max(newest, times[i]!);
    if (i > 0 && customer[i] !== customer[i - 1]) changes++;
  }
  const sorted = delays.sort();
  return {
    outOfOrder: {
      share: behind / length,
      usualMs: sorted[Math.ceil(0.999 * (length - 1))]!,
      longestMs: sorted[length - 1]!,
    },
    byCustomer: customers.length > 1 && changes === customers.length - 1 && behind > 0,
  };
}

/** Events of a customer that tell a reading from a value. */
const LEAST_READINGS = 5;

/** Values that hardly ever fall, and do rise: a reset now and then is allowed. */
function isCumulative(rows: readonly (readonly number[])[], values: Float64Array): boolean {
  let rises = 0;
  let falls = 0;
  for (const own of rows) {
    if (own.length < LEAST_READINGS) continue;
    for (let i = 1; i < own.length; i++) {
      const change = values[own[i]!]! - values[own[i - 1]!]!;
      if (change > 0) rises++;
      else if (change < 0) falls++;
    }
  }
  return rises >= 4 * LEAST_READINGS && falls <= 0.01 * rises;
}

function shareOf(values: Float64Array, test: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (test(value)) count++;
  return values.length === 0 ? 0 : count / values.length;
}
