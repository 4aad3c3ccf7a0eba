import { isInformative } from '../window/is-informative.js';
import { isLearnt } from '../window/is-learnt.js';
import { MASK_ABSENT, MASK_OBSERVED, type WindowBatch } from '../window/window-batch.js';
import { findDeviatingRun } from './deviating-run.js';
import { type ExpectedHabit, type HabitDeviation, toHabitDeviation } from './habit-deviation.js';

/** What each customer usually does, by itself: its mean course and how far it strays from it. */
export interface CustomerHabits {
  /** Undefined where too little is known of the customer, or nothing of the window. */
  measure(windows: WindowBatch, row: number): HabitDeviation | undefined;
  expected(windows: WindowBatch, row: number): ExpectedHabit;
  /** Takes note of a window, where it has closed, is known from end to end and overlaps none that was noted before. */
  learn(windows: WindowBatch, row: number): void;
  forget(slots: Uint32Array): void;
  snapshot(): CustomerHabitsSnapshot | null;
}

export interface CustomerHabitsSnapshot {
  readonly bins: number;
  readonly channels: number;
  readonly values: Float32Array; // (slots, width)
  /** End of the newest window that was learnt, epoch ms. */
  readonly untils: Float64Array; // (slots)
}

/** Windows with usage that a customer must be known for: fewer tell nothing of what is rare for it. */
export const LEAST_HABIT_WINDOWS = 6;

/** Numbers of a course at most; of longer windows, steps are taken together. */
const MOST_CELLS = 64;
/** Windows that a mean goes back over. */
const MEMORY = 20;
/** Logarithms of differences are kept within: one window is not to make any other usual. */
const LEAST_LOG = -3;
const MOST_LOG = 9;
/** Of a customer's own level: who hardly ever varies would make much of next to nothing. */
const LEAST_ROOT_SPREAD = 0.05;
const LEAST_SPREAD = 0.1;
/**
 * Usage is compared in two ways, since amounts vary with their size: as it is for what is too much at once, and as square
 * roots, which vary alike, for what is at other times than usual. A course is kept by the time of a step in a cycle of one
 * window length, so that overlapping windows find their place in it.
 *
 * @param windowMs nominal length of a window
 */
export function createCustomerHabits(windowMs: number, from?: CustomerHabitsSnapshot | null): CustomerHabits {
  let bins = 0;
  let channels = 0;
  let cells = 0;
  let values = new Float32Array(from?.values ?? []);
  let untils = new Float64Array(from?.untils ?? []);
  // Of the window at hand.
  let amounts = new Float64Array(0);
  let isKnown = new Uint8Array(0);
  let differences = new Float64Array(0);
  let runs = new Float64Array(0);
  let sums = new Float64Array(0);
  if (from != null) shape(from.bins, from.channels);

  // Of a slot: the course, spreads of roots and of amounts by channel, and these.
  const rootSpread = (channel: number): number => cells + channel;
  const spread = (channel: number): number => cells + channels + channel;
  const logSpread = (): number => cells + 2 * channels;
  const count = (): number => cells + 2 * channels + 1;
  const width = (): number => cells + 2 * channels + 2;

  function shapeBy(windows: WindowBatch): void {
    if (channels !== 0) return;
    shape(Math.min(windows.steps, Math.max(1, Math.floor(MOST_CELLS / windows.channels))), windows.channels);
  }

  function shape(ofBins: number, ofChannels: number): void {
    bins = ofBins;
    channels = ofChannels;
    cells = bins * channels;
    amounts = new Float64Array(cells);
    isKnown = new Uint8Array(cells);
    differences = new Float64Array(cells);
    runs = new Float64Array(cells);
    sums = new Float64Array(bins + 1);
  }

  function reserve(slot: number): void {
    if (slot < untils.length) return;
    const slots = Math.max(1024, slot + 1, untils.length * 2);
    const grown = new Float32Array(slots * width());
    grown.set(values);
    values = grown;
    const later = new Float64Array(slots);
    later.set(untils);
    untils = later;
  }

  /** Means of the window's steps, bin by bin in the order of time. @returns bins that are known, of all channels */
  function read({ steps, mask, values: seen }: WindowBatch, row: number): number {
    let known = 0;
    for (let bin = 0; bin < bins; bin++) {
      const first = firstStep(bin, steps);
      const end = firstStep(bin + 1, steps);
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        let informative = 0;
        for (let at = (row * steps + first) * channels + channel, step = first; step < end; step++, at += channels) {
          if (!isInformative(mask[at]!)) continue;
          sum += seen[at]!;
          informative++;
        }
        isKnown[bin * channels + channel] = informative > 0 ? 1 : 0;
        amounts[bin * channels + channel] = informative > 0 ? sum / informative : 0;
        if (informative > 0) known++;
      }
    }
    return known;
  }

  function firstStep(bin: number, steps: number): number {
    return Math.floor((bin * steps) / bins);
  }

  /** Place in the course of the window's first bin. */
  function phaseOf(windows: WindowBatch, row: number): number {
    const step = Math.round((windows.starts[row]! * windows.steps) / windowMs);
    const within = ((step % windows.steps) + windows.steps) % windows.steps;
    return Math.round((within * bins) / windows.steps) % bins;
  }

  /** Fills `differences` of roots and `runs` of amounts, each unscaled. @returns mean square difference, in usual ones */
  function compare(at: number, phase: number, known: number): number {
    let squares = 0;
    for (let channel = 0; channel < channels; channel++) {
      const { root, own } = spreadsOf(at, channel);
      for (let bin = 0; bin < bins; bin++) {
        const cell = bin * channels + channel;
        if (isKnown[cell] === 0) {
          differences[cell] = 0;
          runs[cell] = 0;
          continue;
        }
        const mean = values[at + ((bin + phase) % bins) * channels + channel]!;
        differences[cell] = rootOf(amounts[cell]!) - mean;
        runs[cell] = own === 0 ? 0 : (amounts[cell]! - amountOf(mean, values[at + rootSpread(channel)]!)) / own;
        if (root > 0) squares += (differences[cell]! / root) ** 2;
      }
    }
    return squares / (known * newness(values[at + count()]!));
  }

  /** Standard deviations of roots and of amounts; 0 where the customer never used the channel. */
  function spreadsOf(at: number, channel: number): { readonly root: number; readonly own: number } {
    let roots = 0;
    let squares = 0;
    for (let bin = 0; bin < bins; bin++) {
      const mean = values[at + bin * channels + channel]!;
      roots += Math.abs(mean);
      squares += mean * mean;
    }
    return {
      root: Math.max(Math.sqrt(values[at + rootSpread(channel)]!), (LEAST_ROOT_SPREAD * roots) / bins),
      own: Math.max(Math.sqrt(values[at + spread(channel)]!), (LEAST_SPREAD * squares) / bins),
    };
  }

  return {
    measure(windows, row) {
      const slot = windows.customers[row]!;
      const at = slot * width();
      const learnt = slot < untils.length ? values[at + count()]! : 0;
      if (learnt < LEAST_HABIT_WINDOWS || !hasUsage(windows, row)) return undefined;
      const known = read(windows, row);
      const square = compare(at, phaseOf(windows, row), known);
      const { deviation } = findDeviatingRun(runs, bins, channels, sums);
      const run = Math.abs(deviation) / Math.sqrt(newness(learnt));
      const variance = values[at + logSpread()]!;
      return toHabitDeviation({ run, logSquare: Math.log(square), variance, learnt, share: known / cells });
    },
    expected(windows, row) {
      const at = windows.customers[row]! * width();
      const phase = phaseOf(windows, row);
      const { steps } = windows;
      const expected = new Float32Array(steps * channels);
      const deviations = new Float64Array(steps * channels);
      for (let channel = 0; channel < channels; channel++) {
        const { own } = spreadsOf(at, channel);
        for (let bin = 0; bin < bins; bin++) {
          const mean = values[at + ((bin + phase) % bins) * channels + channel]!;
          const amount = amountOf(mean, values[at + rootSpread(channel)]!);
          const [first, end] = [firstStep(bin, steps), firstStep(bin + 1, steps)];
          // A step varies more than the mean of several.
          const scale = own * Math.sqrt((end - first) * newness(values[at + count()]!));
          for (let step = first; step < end; step++) {
            const cell = step * channels + channel;
            const seen = row * steps * channels + cell;
            expected[cell] = amount;
            if (scale > 0 && isInformative(windows.mask[seen]!)) {
              deviations[cell] = (windows.values[seen]! - amount) / scale;
            }
          }
        }
      }
      return { expected, deviations };
    },
    learn(windows, row) {
      if (!isLearnt(windows, row)) return;
      const slot = windows.customers[row]!;
      if (windows.starts[row]! < (untils[slot] ?? 0) || !hasUsage(windows, row) || !isWhole(windows, row)) return;
      shapeBy(windows);
      reserve(slot);
      const at = slot * width();
      const phase = phaseOf(windows, row);
      const known = read(windows, row);
      const square = compare(at, phase, known);
      const learnt = values[at + count()]!;
      const rate = 1 / Math.min(learnt + 1, MEMORY);
      // The first window differs from nothing.
      const spreadRate = learnt === 0 ? 0 : 1 / Math.min(learnt, MEMORY);
      if (learnt > 1 && square > 0) {
        const log = Math.min(Math.max(Math.log(square), LEAST_LOG), MOST_LOG);
        values[at + logSpread()]! += spreadRate * (log * log - values[at + logSpread()]!);
      }
      for (let channel = 0; channel < channels; channel++) {
        let roots = 0;
        let squares = 0;
        let count = 0;
        for (let bin = 0; bin < bins; bin++) {
          const cell = bin * channels + channel;
          if (isKnown[cell] === 0) continue;
          const place = at + ((bin + phase) % bins) * channels + channel;
          roots += differences[cell]! ** 2;
          squares += (amounts[cell]! - amountOf(values[place]!, values[at + rootSpread(channel)]!)) ** 2;
          count++;
          values[place]! += rate * differences[cell]!;
        }
        if (count === 0) continue;
        const before = newness(learnt);
        values[at + rootSpread(channel)]! += spreadRate * (roots / count / before - values[at + rootSpread(channel)]!);
        values[at + spread(channel)]! += spreadRate * (squares / count / before - values[at + spread(channel)]!);
      }
      values[at + count()] = Math.min(learnt + 1, MOST_COUNTED);
      untils[slot] = windows.ends[row]!;
    },
    forget(slots) {
      for (const slot of slots) {
        if (slot >= untils.length) continue;
        values.fill(0, slot * width(), (slot + 1) * width());
        untils[slot] = 0;
      }
    },
    snapshot() {
      if (channels === 0) return null;
      let slots = untils.length;
      while (slots > 0 && untils[slots - 1] === 0) slots--;
      return { bins, channels, values: values.slice(0, slots * width()), untils: untils.slice(0, slots) };
    },
  };
}

/** Exact in single precision. */
const MOST_COUNTED = 1 << 20;

/** By how much the square of a difference from a mean of so many windows exceeds that from the true mean. */
function newness(learnt: number): number {
  return 1 + 1 / Math.max(1, Math.min(learnt, MEMORY));
}

function rootOf(amount: number): number {
  return amount < 0 ? -Math.sqrt(-amount) : Math.sqrt(amount);
}

/** Mean of amounts whose roots have this mean and variance. */
function amountOf(mean: number, variance: number): number {
  return mean * Math.abs(mean) + Math.sign(mean) * variance;
}

function hasUsage({ steps, channels, mask }: WindowBatch, row: number): boolean {
  const cells = steps * channels;
  for (let at = row * cells; at < (row + 1) * cells; at++) if (mask[at] === MASK_OBSERVED) return true;
  return false;
}

/** Whether the customer was there from end to end. */
function isWhole({ steps, channels, mask }: WindowBatch, row: number): boolean {
  const cells = steps * channels;
  for (let at = row * cells; at < (row + 1) * cells; at++) if (mask[at] === MASK_ABSENT) return false;
  return true;
}
