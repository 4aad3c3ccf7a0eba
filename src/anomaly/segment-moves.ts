import type { AlertSettings } from './alert-settings.js';
import {
  CANDIDATE,
  CANDIDATE_CAUSE,
  CANDIDATE_WINDOWS,
  type CustomerSlab,
  NUMBERS,
  SEGMENT,
  SEGMENT_WINDOWS,
  VISITED,
  VISITED_BEFORE,
} from './customer-slab.js';

/** Why a customer is in another segment. */
export const MOVE_CAUSES = ['behaviour', 'both', 'model'] as const;
export type MoveCause = (typeof MOVE_CAUSES)[number];

/** A customer who has left a segment for good. Segments by number, from 1. */
export interface SegmentMove {
  readonly from: number;
  readonly to: number;
  /** Windows in a row that showed it. */
  readonly windows: number;
  readonly cause: MoveCause;
}

/** Windows that a customer must be known for, and windows after which a visit to a segment begins to be forgotten. */
const LEAST_WINDOWS = 10;
const SPAN_WINDOWS = 16;
/** Bits that are exact in single precision; segments that share one are taken for one. */
const BITS = 24;

/**
 * Follows a customer's segment, without its flapping. A move counts when so many windows in a row show the new segment with
 * a clear margin, and the customer was not there in its last 16 to 32 windows: whoever comes and goes is no news. One that
 * the model alone made is taken over without a word.
 *
 * @param segment of the window, by number, from 1
 * @param cause of the change that the window shows; undefined where it shows none
 */
export function observeSegment(
  { numbers }: CustomerSlab,
  slot: number,
  segment: number,
  margin: number,
  cause: MoveCause | undefined,
  settings: AlertSettings['segmentChange'],
): SegmentMove | undefined {
  const at = slot * NUMBERS;
  const seen = numbers[at + SEGMENT_WINDOWS]! + 1;
  numbers[at + SEGMENT_WINDOWS] = seen;
  if (seen % SPAN_WINDOWS === 0) {
    numbers[at + VISITED_BEFORE] = numbers[at + VISITED]!;
    numbers[at + VISITED] = 0;
  }
  const from = numbers[at + SEGMENT]!;
  const candidate = numbers[at + CANDIDATE]!;
  if (candidate !== 0 && candidate !== segment) visit(numbers, at, candidate);
  const isKnown = (((numbers[at + VISITED]! | numbers[at + VISITED_BEFORE]!) >> (segment % BITS)) & 1) === 1;
  if (from === 0 || from === segment || isKnown || cause === 'model' || seen <= LEAST_WINDOWS) {
    settle(numbers, at, segment);
    return undefined;
  }
  if (candidate !== segment) {
    numbers[at + CANDIDATE] = segment;
    numbers[at + CANDIDATE_WINDOWS] = 0;
    numbers[at + CANDIDATE_CAUSE] = MOVE_CAUSES.indexOf(cause ?? 'behaviour');
  }
  if (!(margin >= settings.margin)) return undefined;
  const windows = numbers[at + CANDIDATE_WINDOWS]! + 1;
  numbers[at + CANDIDATE_WINDOWS] = windows;
  if (windows < settings.persistence) return undefined;
  settle(numbers, at, segment);
  return { from, to: segment, windows, cause: MOVE_CAUSES[numbers[at + CANDIDATE_CAUSE]!]! };
}

function settle(numbers: Float32Array, at: number, segment: number): void {
  visit(numbers, at, segment);
  numbers[at + SEGMENT] = segment;
  numbers[at + CANDIDATE] = 0;
  numbers[at + CANDIDATE_WINDOWS] = 0;
}

function visit(numbers: Float32Array, at: number, segment: number): void {
  numbers[at + VISITED] = numbers[at + VISITED]! | (1 << (segment % BITS));
}
