import type { StepClock } from './step-clock.js';
import type { WindowGeometry } from './window-geometry.js';

/** What the watermark has made due. */
export type Due = 'fire' | 'close' | undefined;

/**
 * Which windows have fired (given their result) and which have closed (take no more events), as numbers alone.
 *
 * A window fires when the watermark reaches its end, and closes the allowed lateness after that; both happen in the
 * order of windows. Before the watermark has a value nothing has fired and nothing is late.
 */
export class WindowSchedule {
  readonly geometry: WindowGeometry;
  readonly #clock: StepClock;
  readonly #latenessMs: number;
  /** First window that has not fired, and first one that has not closed; -Infinity before the watermark's first value. */
  nextFire = Number.NEGATIVE_INFINITY;
  nextClose = Number.NEGATIVE_INFINITY;
  /** Windows before it began before the stream's first step, and are never emitted. */
  firstEmitted = Number.POSITIVE_INFINITY;
  /** First step of the first window that has not closed: an earlier step is late. */
  openFrom = Number.NEGATIVE_INFINITY;
  /** Step after the last window that has fired: a later step is in no fired window. */
  firedUntil = Number.NEGATIVE_INFINITY;
  /** Watermark at which something is due again. */
  dueAt = Number.POSITIVE_INFINITY;
  #fireAt = Number.POSITIVE_INFINITY;
  #closeAt = Number.POSITIVE_INFINITY;

  constructor(geometry: WindowGeometry, clock: StepClock, latenessMs: number) {
    this.geometry = geometry;
    this.#clock = clock;
    this.#latenessMs = latenessMs;
  }

  /** First and last of the windows that contain the step and take events still; none where first > last. */
  openFor(step: number): readonly [first: number, last: number] {
    return [Math.max(this.geometry.firstFor(step), this.nextClose), this.geometry.lastFor(step)];
  }

  /** Whether every window that contains the step has closed. */
  lateFor(step: number): boolean {
    return step < this.openFrom;
  }

  /** Takes note of a step that the stream reached in time. */
  observe(step: number): void {
    const first = this.geometry.firstFrom(step);
    // Windows that have fired without a result stay without one.
    if (first < this.firstEmitted) this.firstEmitted = Math.min(this.firstEmitted, Math.max(first, this.nextFire));
  }

  /**
   * Passes over windows in which nobody can have events: at the watermark's first value, and when no customer is known.
   *
   * @param firstStep earliest step of an event that is kept
   */
  skipTo(watermark: number, firstStep = Number.POSITIVE_INFINITY): void {
    const kept = firstStep === Number.POSITIVE_INFINITY ? firstStep : this.geometry.firstFor(firstStep);
    this.nextFire = Math.max(this.nextFire, Math.min(kept, this.#firstEndingAfter(watermark)));
    this.nextClose = Math.max(this.nextClose, Math.min(kept, this.#firstEndingAfter(watermark - this.#latenessMs)));
    this.#reckon();
  }

  /** What comes next at this watermark; of two that are due at the same time, the result comes before the close. */
  due(watermark: number): Due {
    if (watermark < this.dueAt) return undefined;
    return this.#fireAt <= this.#closeAt ? 'fire' : 'close';
  }

  /** Moves on over the window that fires. */
  fire(): void {
    this.nextFire++;
    this.#reckon();
  }

  /** Moves on over the window that closes. */
  close(): void {
    this.nextClose++;
    this.#reckon();
  }

  #reckon(): void {
    this.#fireAt = this.endOf(this.nextFire);
    this.#closeAt = this.endOf(this.nextClose) + this.#latenessMs;
    this.dueAt = Math.min(this.#fireAt, this.#closeAt);
    this.openFrom = this.geometry.startOf(this.nextClose);
    this.firedUntil = this.geometry.endOf(this.nextFire - 1);
  }

  /** Begin of a window, epoch ms. */
  startOf(window: number): number {
    return this.#clock.startOf(this.geometry.startOf(window));
  }

  /** End of a window, epoch ms. */
  endOf(window: number): number {
    return this.#clock.startOf(this.geometry.endOf(window));
  }

  #firstEndingAfter(epochMs: number): number {
    if (epochMs === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY; // no watermark passes over anything
    let window = this.geometry.firstFor(this.#clock.indexOf(epochMs));
    // Where the wall clock goes back, an instant's step is a little off what has ended by then.
    while (this.endOf(window) <= epochMs) window++;
    while (this.endOf(window - 1) > epochMs) window--;
    return window;
  }

  /** Goes on from saved numbers. */
  restore(nextFire: number, nextClose: number, firstEmitted: number): void {
    this.nextFire = nextFire;
    this.nextClose = nextClose;
    this.firstEmitted = firstEmitted;
    if (nextFire !== Number.NEGATIVE_INFINITY) this.#reckon();
  }
}
