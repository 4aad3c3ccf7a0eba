/**
 * Cuts time into steps, numbered in order. Numbers are 32-bit integers for all times from 1970 to 2100.
 *
 * A calendar may let the wall clock go back, so a step need not be one interval of instants; after `startOf(step)` no
 * instant belongs to an earlier step, and that is what windows close by.
 */
export interface StepClock {
  /** What shapes the steps, for the hash of the settings. */
  readonly name: string;
  /** Usual length of a step, ms. */
  readonly nominalMs: number;
  /** The step of an instant. */
  indexOf(epochMs: number): number;
  /** Begin of a step, which is the end of the one before; equal to the end for a step that the calendar skips. */
  startOf(step: number): number;
  /** Ends a range that holds `epochMs` and all of whose instants from there on have its step; epoch ms, exclusive. */
  sameUntil(epochMs: number): number;
  /** Begins such a range; inclusive. */
  sameFrom(epochMs: number): number;
  /** Whether the calendar can skip steps at all. */
  readonly skips: boolean;
}
