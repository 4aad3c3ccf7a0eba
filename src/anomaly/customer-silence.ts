import { MASK_ABSENT, MASK_OBSERVED, type WindowBatch } from '../window/window-batch.js';
import type { AlertSettings } from './alert-settings.js';
import {
  ACTIVE_SHARE,
  ACTIVE_UNTIL,
  COUNTED_STEPS,
  COUNTED_UNTIL,
  type CustomerSlab,
  IS_SILENT,
  LONG_GAPS,
  NUMBERS,
  TIMES,
  USUAL_GAP,
} from './customer-slab.js';
import { timeOfStep } from './known-until.js';

/** A customer who has gone silent. */
export interface Silence {
  /** Since when, epoch ms. */
  readonly since: number;
  /** How long, steps. */
  readonly gap: number;
  /** The longest that is usual for the customer, steps. */
  readonly usualGap: number;
  /** Share of steps in which the customer was active. */
  readonly activeShare: number;
  /** -log10 of the chance of such a gap, were steps active by chance. */
  readonly score: number;
}

/** Windows of steps that a customer must be known for. */
const LEAST_WINDOWS = 2;
/** What a longest silence fades by in a window. */
const FADING = 0.98;

/**
 * Follows a customer's activity step by step, each step once however windows overlap, and tells when a silence is longer
 * than any that is usual. Told once; the customer must be active again before the next.
 *
 * @param knownSteps steps of the window that are known
 */
export function observeActivity(
  { times, numbers }: CustomerSlab,
  windows: WindowBatch,
  row: number,
  knownSteps: number,
  { threshold, factor }: AlertSettings['silence'],
): Silence | undefined {
  const slot = windows.customers[row]!;
  const time = slot * TIMES;
  const number = slot * NUMBERS;
  const { steps, channels, mask } = windows;
  const stepMs = (windows.ends[row]! - windows.starts[row]!) / steps;
  const isFinal = windows.finals[row] === 1;
  let activeUntil = times[time + ACTIVE_UNTIL]!;
  for (let step = 0; step < knownSteps; step++) {
    const end = timeOfStep(windows, row, step + 1);
    if (end <= times[time + COUNTED_UNTIL]!) continue;
    const state = stateOf(mask, (row * steps + step) * channels, channels);
    if (state === 'absent') continue;
    if (state === 'active') {
      const gap = activeUntil > 0 ? Math.round((end - activeUntil) / stepMs) - 1 : 0;
      if (isFinal) learnGap(numbers, number, gap, steps);
      activeUntil = end;
    }
    // What is still open may yet change: it is looked at, and counted when it has closed.
    if (!isFinal) continue;
    numbers[number + COUNTED_STEPS] = Math.min(numbers[number + COUNTED_STEPS]! + 1, MOST_COUNTED);
    times[time + COUNTED_UNTIL] = end;
  }
  const isActiveAgain = activeUntil > times[time + ACTIVE_UNTIL]!;
  if (isFinal) times[time + ACTIVE_UNTIL] = activeUntil;
  if (isActiveAgain) numbers[number + IS_SILENT] = 0;
  if (activeUntil === 0 || numbers[number + COUNTED_STEPS]! < LEAST_WINDOWS * steps) return undefined;
  const gap = Math.round((timeOfStep(windows, row, knownSteps) - activeUntil) / stepMs);
  const longest = numbers[number + USUAL_GAP]!;
  const usualGap = Math.max(1, longest);
  const activeShare = Math.min(numbers[number + ACTIVE_SHARE]!, MOST_SHARE);
  // Of few long silences the longest says little of how long they may get.
  const least = factor * usualGap * (longest > 0 ? 1 + FEW_GAPS / Math.max(1, numbers[number + LONG_GAPS]!) : 1);
  const score = -gap * Math.log10(1 - activeShare);
  if (numbers[number + IS_SILENT] === 1 || gap < least || !(score >= threshold)) return undefined;
  numbers[number + IS_SILENT] = 1;
  return { since: activeUntil, gap, usualGap, activeShare, score };
}

/** A silence counts when it is over: what is usual is not to change by the one that is judged by it. */
function learnGap(numbers: Float32Array, at: number, gap: number, steps: number): void {
  const counted = numbers[at + COUNTED_STEPS]! + 1;
  const rate = Math.max(1 / counted, 1 / (4 * steps));
  const afterGap = numbers[at + ACTIVE_SHARE]! * (1 - rate) ** gap;
  numbers[at + ACTIVE_SHARE] = afterGap + rate * (1 - afterGap);
  if (gap === 0) return;
  const usual = numbers[at + USUAL_GAP]! * FADING ** ((gap + 1) / steps);
  if (gap > MUCH_LONGER * usual) numbers[at + LONG_GAPS] = 1;
  else if (gap >= usual / 2) numbers[at + LONG_GAPS]! += 1;
  numbers[at + USUAL_GAP] = Math.max(gap, usual);
}

/** As many long silences make the longest of them twice what it may be taken for. */
const FEW_GAPS = 6;
/** A silence so many times the longest before it is of another kind: those before it say nothing of it. */
const MUCH_LONGER = 1.5;
/** Exact in single precision. */
const MOST_COUNTED = 1 << 20;
/** Nobody is sure to be active. */
const MOST_SHARE = 0.999;

function stateOf(mask: Uint8Array, at: number, channels: number): 'active' | 'silent' | 'absent' {
  let isAbsent = true;
  for (let cell = at; cell < at + channels; cell++) {
    if (mask[cell] === MASK_OBSERVED) return 'active';
    if (mask[cell] !== MASK_ABSENT) isAbsent = false;
  }
  return isAbsent ? 'absent' : 'silent';
}
