import { FIRST, LAST } from './customer-table.js';
import type { WindowerState } from './windower-state.js';

/**
 * Windows that have fired, still take events, and change by an event of the customer in `step`; ask before it is added.
 *
 * Those are the windows that hold the step, and later ones that the customer is in only now: because it began earlier
 * than was known, or was taken to have fallen silent. Notes in `state.revisions` what was emitted of them before.
 *
 * @param isNew the customer's row was made for this event
 */
export function changedWindows(state: WindowerState, slot: number, isNew: boolean, step: number): readonly number[] {
  const { schedule, geometry, customers, emitter, revisions, settings } = state;
  const lastFired = schedule.nextFire - 1;
  const row = slot * customers.stride;
  const firstStep = isNew ? Number.POSITIVE_INFINITY : customers.rows[row + FIRST]!;
  const silentAfter = customers.rows[row + LAST]! + settings.customerTtlSteps;
  if (step >= schedule.firedUntil && silentAfter >= schedule.firedUntil - 1) return NONE;
  // The customer comes back: windows that fired without it would look as if they had not.
  for (let window = lastFired; window >= schedule.nextClose; window--) {
    if (geometry.endOf(window) - 1 <= silentAfter) break;
    if (revisions.get(window, slot) === undefined) revisions.set(window, slot, 0);
  }
  const changed: number[] = [];
  const from = Math.max(schedule.nextClose, schedule.firstEmitted, geometry.firstFor(step));
  for (let window = from; window <= lastFired; window++) {
    const start = geometry.startOf(window);
    const wasSeen = !isNew && emitter.isSeen(slot, start);
    const beginsEarlier = step < firstStep && start < firstStep;
    if (wasSeen && start > step && !beginsEarlier) continue;
    if (revisions.get(window, slot) === undefined) {
      revisions.set(window, slot, !isNew && emitter.isEmitted(slot, start) ? 1 : 0);
    }
    changed.push(window);
  }
  return changed;
}

const NONE: readonly number[] = [];
