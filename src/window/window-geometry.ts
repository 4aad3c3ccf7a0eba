/**
 * Which windows contain a step. Window w is the steps [phase + w hop, phase + w hop + steps).
 *
 * Tumbling, overlapping and gapped windows differ in nothing but numbers here.
 */
export class WindowGeometry {
  readonly steps: number;
  readonly hop: number;
  readonly phase: number;

  constructor(steps: number, hop: number, phase: number) {
    this.steps = steps;
    this.hop = hop;
    this.phase = phase;
  }

  /** First step of a window. */
  startOf(window: number): number {
    return this.phase + window * this.hop;
  }

  /** Step after the last one of a window. */
  endOf(window: number): number {
    return this.phase + window * this.hop + this.steps;
  }

  /** First window that contains the step; after `lastFor` where none does. */
  firstFor(step: number): number {
    return Math.floor((step - this.phase - this.steps) / this.hop) + 1;
  }

  /** Last window that contains the step, or that lies before it where none does. */
  lastFor(step: number): number {
    return Math.floor((step - this.phase) / this.hop);
  }

  /** First window that begins at the step or after it. */
  firstFrom(step: number): number {
    return Math.ceil((step - this.phase) / this.hop);
  }

  /** Whether the step lies in the gap between two windows. */
  isGap(step: number): boolean {
    return this.endOf(this.lastFor(step)) <= step;
  }
}
