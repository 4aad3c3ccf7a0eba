import type { WindowerState } from './windower-state.js';

/** The step that was last looked up, with the times around it that share it: neighbouring events cost no division. */
export class StepCursor {
  readonly #state: WindowerState;
  /** Times in [from, until) have the step. */
  from = 0;
  until = 0;
  step = 0;
  /** Of the step, in every ring. */
  column = 0;
  /** The step lies between two windows. */
  isGap = false;
  /** The time is one that steps are numbered for. */
  isPossible = false;

  constructor(state: WindowerState) {
    this.#state = state;
  }

  /**
   * Finds the step of a time.
   *
   * @returns whether events there need no further look: a window takes the step, and the stream has been around it
   */
  moveTo(eventTime: number): boolean {
    const { settings, rings, geometry, schedule, firstStep, latestStep } = this.#state;
    this.isPossible = eventTime >= MIN_TIME && eventTime < MAX_TIME;
    if (!this.isPossible) {
      this.from = eventTime;
      this.until = eventTime;
      return false;
    }
    const step = settings.clock.indexOf(eventTime);
    this.from = settings.clock.sameFrom(eventTime);
    this.until = settings.clock.sameUntil(eventTime);
    this.step = step;
    this.column = rings.columnOf(step);
    this.isGap = geometry.isGap(step);
    return !this.isGap && step >= schedule.openFrom && step >= firstStep && step <= latestStep;
  }
}

/** Steps of 1 s are numbered by 32 bits within these years; elsewhere dates are plainly wrong. */
const MIN_TIME = Date.UTC(1968, 0, 1);
export const MAX_TIME = Date.UTC(2102, 0, 1);
