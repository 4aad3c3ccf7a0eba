import type { DeadLetter } from '../ingest/dead-letter.js';
import type { CustomerLabels } from './customer-labels.js';
import type { CustomerIds, LateEvent, WindowBatch } from './window-batch.js';

/** A batch of windows in the making. Its columns grow as rows come, and belong to the batch that it becomes. */
export class WindowPage {
  readonly late: LateEvent[] = [];
  readonly quarantined: DeadLetter[] = [];
  readonly released: number[] = [];
  length = 0;
  values = new Float32Array(0); // (capacity, steps, channels); zero beyond `length`
  mask = new Uint8Array(0); // (capacity, steps, channels); zero beyond `length`
  readonly limit: number;
  readonly #steps: number;
  readonly #channels: number;
  #capacity = 0;
  #customers = new Uint32Array(0);
  #starts = new Float64Array(0);
  #ends = new Float64Array(0);
  #revisions = new Uint16Array(0);
  #finals = new Uint8Array(0);
  #evicted = new Uint8Array(0);
  #observedSteps = new Uint16Array(0);
  readonly #known: CustomerLabels | undefined;
  #labels = new Int32Array(0);

  /** @param known what events say of the customers' classes, where they do */
  constructor(steps: number, channels: number, limit: number, known?: CustomerLabels) {
    this.#steps = steps;
    this.#channels = channels;
    this.limit = limit;
    this.#known = known;
  }

  get isFull(): boolean {
    return this.length >= this.limit;
  }

  get isEmpty(): boolean {
    return this.length + this.late.length + this.quarantined.length + this.released.length === 0;
  }

  /** Where the next row's cells begin in `values` and `mask`. */
  nextRow(): number {
    if (this.length === this.#capacity) this.#grow();
    return this.length * this.#steps * this.#channels;
  }

  #grow(): void {
    this.#capacity = Math.max(16, this.#capacity * 4);
    const capacity = Math.min(this.#capacity, Math.max(this.limit, this.length + 1));
    this.#capacity = capacity;
    const cells = capacity * this.#steps * this.#channels;
    this.values = enlarge(this.values, cells);
    this.mask = enlarge(this.mask, cells);
    this.#customers = enlarge(this.#customers, capacity);
    this.#starts = enlarge(this.#starts, capacity);
    this.#ends = enlarge(this.#ends, capacity);
    this.#revisions = enlarge(this.#revisions, capacity);
    this.#finals = enlarge(this.#finals, capacity);
    this.#evicted = enlarge(this.#evicted, capacity);
    this.#observedSteps = enlarge(this.#observedSteps, capacity);
    if (this.#known !== undefined) this.#labels = enlarge(this.#labels, capacity);
  }

  /** Keeps the row whose cells were written. */
  keep(customer: number, start: number, end: number, observedSteps: number, marks: RowMarks, revision: number): void {
    const row = this.length++;
    this.#customers[row] = customer;
    this.#starts[row] = start;
    this.#ends[row] = end;
    this.#observedSteps[row] = observedSteps;
    this.#revisions[row] = revision;
    this.#finals[row] = marks.final;
    this.#evicted[row] = marks.evicted;
    if (this.#known !== undefined) this.#labels[row] = this.#known.before(customer, end);
  }

  /** Takes back the cells that were written for the next row. */
  discard(): void {
    const cells = this.#steps * this.#channels;
    const at = this.length * cells;
    this.values.fill(0, at, at + cells);
    this.mask.fill(0, at, at + cells);
  }

  toBatch(ids: CustomerIds, watermark: number): WindowBatch {
    const { length } = this;
    const cells = length * this.#steps * this.#channels;
    return {
      length,
      steps: this.#steps,
      channels: this.#channels,
      customers: this.#customers.subarray(0, length),
      ids,
      starts: this.#starts.subarray(0, length),
      ends: this.#ends.subarray(0, length),
      revisions: this.#revisions.subarray(0, length),
      finals: this.#finals.subarray(0, length),
      evicted: this.#evicted.subarray(0, length),
      values: this.values.subarray(0, cells),
      mask: this.mask.subarray(0, cells),
      observedSteps: this.#observedSteps.subarray(0, length),
      ...(this.#known && { labels: this.#labels.subarray(0, length) }),
      late: this.late,
      quarantined: this.quarantined,
      released: Uint32Array.from(this.released),
      watermark,
    };
  }
}

/** How a row is marked. */
export interface RowMarks {
  readonly final: 0 | 1;
  readonly evicted: 0 | 1;
}

type Column = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

function enlarge<A extends Column>(column: A, length: number): A {
  const larger = new (column.constructor as new (length: number) => A)(length);
  larger.set(column);
  return larger;
}
