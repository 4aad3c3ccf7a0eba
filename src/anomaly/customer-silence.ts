import { MASK_ABSENT, MASK_OBSERVED, type WindowBatch } from '../window/window-batch.js';
import type { AlertSettings } from './alert-settings.js';
import {
  ACTIVE_FROM,
  ACTIVE_SHARE,
  ACTIVE_UNTIL,
  COUNTED_STEPS,
  COUNTED_UNTIL,
  type CustomerSlab,
  GAP_SQUARES,
  GAP_STEPS,
  NUMBERS,
  SILENT_SINCE,
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
  /** -log10 of the chance of such a gap, by those that the customer had. */
  readonly score: number;
}

/** Windows of steps that a customer must be known for, from its first usage to its latest. */
const LEAST_WINDOWS = 2;
/** Times a silence that it must be known for: of what comes once in a while, a short time shows nothing. */
const LEAST_TIMES_KNOWN = 2;
/** What silences count less for, and the longest is shorter by, after a window. */
const FADING = 0.98;
/** Silences of one step that anybody is taken to have had: who never had one may have one all the same. */
const COMMON_GAPS = 8;

/**
 * Follows a customer's activity step by step, each step once however windows overlap, and tells when a silence is longer
 * than any that is usual. Told once; the customer must be active again before the next.
 *
 * The chance of a silence comes from the customer's own, each weighted by its length, so that whoever uses a service in
 * bursts is judged by its rests and not by the steps between two events. Lengths beyond those seen are taken as
 * exponential with a mean that is known from n silences of S steps in all: the chance of g steps or more is
 * (1 + g / S)^-n (the Lomax distribution), which falls slowly where few are known.
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
  // Silences that ended in a window that is still open: not yet the customer's, and no news either.
  let openSteps = 0;
  let openSquares = 0;
  let openLongest = 0;
  for (let step = 0; step < knownSteps; step++) {
    const end = timeOfStep(windows, row, step + 1);
    if (end <= times[time + COUNTED_UNTIL]!) continue;
    const state = stateOf(mask, (row * steps + step) * channels, channels);
    if (state === 'absent') continue;
    if (state === 'active') {
      const gap = activeUntil > 0 ? Math.round((end - activeUntil) / stepMs) - 1 : 0;
      if (isFinal) {
        learnGap(numbers, number, gap, steps);
        if (times[time + ACTIVE_FROM] === 0) times[time + ACTIVE_FROM] = end;
      } else {
        openSteps += gap;
        openSquares += gap * gap;
        openLongest = Math.max(openLongest, gap);
      }
      activeUntil = end;
    }
    // What is still open may yet change: it is looked at, and counted when it has closed.
    if (!isFinal) continue;
    numbers[number + COUNTED_STEPS] = Math.min(numbers[number + COUNTED_STEPS]! + 1, MOST_COUNTED);
    times[time + COUNTED_UNTIL] = end;
  }
  const learntUntil = isFinal ? activeUntil : times[time + ACTIVE_UNTIL]!;
  if (isFinal) times[time + ACTIVE_UNTIL] = activeUntil;
  const learntMs = learntUntil - times[time + ACTIVE_FROM]!;
  if (activeUntil === 0 || learntMs < LEAST_WINDOWS * steps * stepMs) return undefined;
  const gap = Math.round((timeOfStep(windows, row, knownSteps) - activeUntil) / stepMs);
  const usualGap = Math.max(1, openLongest, numbers[number + USUAL_GAP]!);
  const sum = COMMON_GAPS + openSteps + numbers[number + GAP_STEPS]!;
  // By length the mean of exponential lengths is twice what it is by number.
  const count = (2 * sum * sum) / (COMMON_GAPS + openSquares + numbers[number + GAP_SQUARES]!);
  const score = count * Math.log10(1 + gap / sum);
  const isKnown = learntMs >= LEAST_TIMES_KNOWN * gap * stepMs;
  if (times[time + SILENT_SINCE] === activeUntil || !isKnown) return undefined;
  if (gap < factor * usualGap || !(score >= threshold)) return undefined;
  times[time + SILENT_SINCE] = activeUntil;
  return { since: activeUntil, gap, usualGap, activeShare: Math.min(numbers[number + ACTIVE_SHARE]!, 1), score };
}

/** A silence counts when it is over: what is usual is not to change by the one that is judged by it. */
function learnGap(numbers: Float32Array, at: number, gap: number, steps: number): void {
  const counted = numbers[at + COUNTED_STEPS]! + 1;
  const rate = Math.max(1 / counted, 1 / (4 * steps));
  const afterGap = numbers[at + ACTIVE_SHARE]! * (1 - rate) ** gap;
  numbers[at + ACTIVE_SHARE] = afterGap + rate * (1 - afterGap);
  const fading = FADING ** ((gap + 1) / steps);
  numbers[at + USUAL_GAP] = Math.max(gap, numbers[at + USUAL_GAP]! * fading);
  numbers[at + GAP_STEPS] = numbers[at + GAP_STEPS]! * fading + gap;
  numbers[at + GAP_SQUARES] = numbers[at + GAP_SQUARES]! * fading + gap * gap;
}

/** Exact in single precision. */
const MOST_COUNTED = 1 << 20;

function stateOf(mask: Uint8Array, at: number, channels: number): 'active' | 'silent' | 'absent' {
  let isAbsent = true;
  for (let cell = at; cell < at + channels; cell++) {
    if (mask[cell] === MASK_OBSERVED) return 'active';
    if (mask[cell] !== MASK_ABSENT) isAbsent = false;
  }
  return isAbsent ? 'absent' : 'silent';
}
