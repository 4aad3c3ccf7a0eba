/**
 * The event time up to which the stream is taken to be complete: the latest time seen, less the out-of-orderness.
 *
 * It never goes back, and a time of -Infinity does not move it.
 */
export class Watermark {
  /** Latest time observed, epoch ms; -Infinity before the first. */
  latest: number;
  readonly #outOfOrdernessMs: number;

  constructor(outOfOrdernessMs: number, latest = Number.NEGATIVE_INFINITY) {
    this.#outOfOrdernessMs = outOfOrdernessMs;
    this.latest = latest;
  }

  get current(): number {
    return this.latest - this.#outOfOrdernessMs;
  }

  /** Takes an event time into account; tells whether the watermark moved. */
  observe(epochMs: number): boolean {
    if (!(epochMs > this.latest)) return false;
    this.latest = epochMs;
    return true;
  }
}
