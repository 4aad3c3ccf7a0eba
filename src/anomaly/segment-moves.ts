import type { AlertSettings } from './alert-settings.js';
import { CANDIDATE, CANDIDATE_CAUSE, CANDIDATE_WINDOWS, type CustomerSlab, NUMBERS, SEGMENT } from './customer-slab.js';

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

/**
 * Follows a customer's segment, without its flapping: a move counts when so many windows in a row show the new segment with
 * a clear margin. One that the model alone made is taken over without a word.
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
  const settle = (): void => {
    numbers[at + SEGMENT] = segment;
    numbers[at + CANDIDATE] = 0;
    numbers[at + CANDIDATE_WINDOWS] = 0;
  };
  const from = numbers[at + SEGMENT]!;
  if (from === 0 || from === segment || cause === 'model') {
    settle();
    return undefined;
  }
  if (!(margin >= settings.margin)) return undefined;
  if (numbers[at + CANDIDATE] !== segment) {
    numbers[at + CANDIDATE] = segment;
    numbers[at + CANDIDATE_WINDOWS] = 0;
    numbers[at + CANDIDATE_CAUSE] = MOVE_CAUSES.indexOf(cause ?? 'behaviour');
  }
  const windows = numbers[at + CANDIDATE_WINDOWS]! + 1;
  numbers[at + CANDIDATE_WINDOWS] = windows;
  if (windows < settings.persistence) return undefined;
  settle();
  return { from, to: segment, windows, cause: MOVE_CAUSES[numbers[at + CANDIDATE_CAUSE]!]! };
}
