import { NO_LABEL } from '../ingest/label-code.js';
import { SlabPages } from './slab-pages.js';

/** Cells of a customer: the label, the event time from which on it holds, and the label before. */
const LABEL = 0;
const SINCE = 1;
const BEFORE = 2;
const WIDTH = 3;

/**
 * The class that each customer was last known to belong to, by event time, and the one before: windows close behind the
 * events that came after them, which may tell of another class already. It is exact where no customer changes class
 * twice within the disorder of events.
 */
export class CustomerLabels {
  readonly #pages: SlabPages<Float64Array> = new SlabPages(Float64Array, WIDTH);

  /** Makes room for a customer who is not known to belong to any. */
  admit(slot: number): void {
    this.#pages.admit(slot);
    const at = this.#pages.place(slot, 0);
    this.#pages.pageOf(slot).fill(NO_LABEL, at, at + WIDTH);
  }

  /** Takes in what an event says; `NO_LABEL` says nothing. */
  note(slot: number, label: number, eventTime: number): void {
    if (label === NO_LABEL) return;
    const page = this.#pages.pageOf(slot);
    const at = this.#pages.place(slot, 0);
    const known = page[at + LABEL]!;
    const since = page[at + SINCE]!;
    if (label === known) {
      if (eventTime < since) page[at + SINCE] = eventTime;
    } else if (known !== NO_LABEL && eventTime < since) page[at + BEFORE] = label;
    else {
      page[at + BEFORE] = known;
      page[at + LABEL] = label;
      page[at + SINCE] = eventTime;
    }
  }

  /** The label of a customer just before an event time; `NO_LABEL` where none was known by then. */
  before(slot: number, eventTime: number): number {
    const page = this.#pages.pageOf(slot);
    const at = this.#pages.place(slot, 0);
    return page[at + (page[at + SINCE]! < eventTime ? LABEL : BEFORE)]!;
  }

  get bytes(): number {
    return this.#pages.bytes;
  }

  snapshot(slots: Int32Array): Float64Array {
    return this.#pages.gather(slots);
  }

  restore(slots: Int32Array, labels: Float64Array): void {
    this.#pages.scatter(slots, labels);
  }
}
