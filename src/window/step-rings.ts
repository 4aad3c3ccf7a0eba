import { MOST_FLOAT32 } from '../numeric/float32.js';
import { BITS, type CustomerTable, FIRST, LAST } from './customer-table.js';
import { RingCells, type RingsSnapshot } from './ring-cells.js';
import { MASK_ABSENT, MASK_MISSING, MASK_ZERO } from './window-batch.js';
import type { Aggregate } from './window-options.js';

/**
 * The values of each customer's recent steps: a ring of columns per customer, shared by all windows that overlap.
 *
 * A step has the same column for everybody, so that a stream computes it once. A cell counts only where its observed
 * bit is set; passing time clears bits, not cells, and only when the customer's next event comes: silence costs nothing.
 */
export class StepRings {
  readonly channels: number;
  readonly #customers: CustomerTable;
  readonly #aggregates: readonly Aggregate[];
  readonly #emptyMask: Uint8Array; // (channels)
  /** Sums need neither a switch nor anything beside the value. */
  readonly #sumsOnly: boolean;
  readonly #meansToo: boolean;
  #cells: RingCells;
  /** Columns of a ring: steps further apart than this never live together. */
  columns: number;

  constructor(customers: CustomerTable, aggregates: readonly Aggregate[], columns: number) {
    this.#customers = customers;
    this.#aggregates = aggregates;
    this.channels = aggregates.length;
    this.columns = columns;
    this.#emptyMask = Uint8Array.from(aggregates, (a) => (a === 'sum' || a === 'count' ? MASK_ZERO : MASK_MISSING));
    this.#sumsOnly = aggregates.every((a) => a === 'sum');
    this.#meansToo = aggregates.includes('mean');
    this.#cells = new RingCells(aggregates, columns);
  }

  /** The column of a step. */
  columnOf(step: number): number {
    const rest = step % this.columns;
    return rest < 0 ? rest + this.columns : rest;
  }

  /** Makes room for a slot. */
  admit(slot: number): void {
    this.#cells.admit(slot);
  }

  /**
   * Adds an event to its step, which must lie within `columns` of the customer's latest.
   *
   * @param column `columnOf(step)`
   * @param values the event's channels begin at `at`; NaN observes nothing
   */
  add(slot: number, step: number, column: number, values: Float64Array, at: number, eventTime: number): void {
    const { rows, stride } = this.#customers;
    const row = slot * stride;
    const last = rows[row + LAST]!;
    if (step > last) {
      this.#forget(row + BITS, last, step);
      rows[row + LAST] = step;
    } else if (step < rows[row + FIRST]!) rows[row + FIRST] = step;
    const { values: pages } = this.#cells;
    const page = pages.list[slot >>> pages.shift]!;
    const cells = (slot & pages.mask) * pages.width;
    let place = column * this.channels;
    for (let c = 0; c < this.channels; c++, place++) {
      const value = values[at + c]!;
      if (Number.isNaN(value)) continue; // not observed
      const word = row + BITS + (place >>> 5);
      const bit = 1 << (place & 31);
      const seen = (rows[word]! & bit) !== 0;
      rows[word] = rows[word]! | bit;
      if (!this.#sumsOnly) this.#cells.add(slot, column, c, value, eventTime, seen);
      else page[cells + place] = seen ? page[cells + place]! + value : value;
    }
  }

  /** Clears the observed bits of the steps after `last` up to `step`, whose columns held older steps. */
  #forget(bits: number, last: number, step: number): void {
    const { rows, stride } = this.#customers;
    if (step - last >= this.columns) {
      for (let word = bits; word < bits + stride - BITS; word++) rows[word] = 0;
      return;
    }
    let column = this.columnOf(last);
    for (let s = last; s < step; s++) {
      if (++column === this.columns) column = 0;
      let place = column * this.channels;
      for (let c = 0; c < this.channels; c++, place++) rows[bits + (place >>> 5)]! &= ~(1 << (place & 31));
    }
  }

  /**
   * Writes the steps [start, start + steps) of a customer. `values` must hold zeros there: only observed cells are
   * written.
   *
   * @param now latest step of the stream: later ones have not happened yet and are missing
   * @returns steps with at least one observed channel
   */
  read(
    slot: number,
    start: number,
    steps: number,
    now: number,
    values: Float32Array,
    mask: Uint8Array,
    at: number,
  ): number {
    const { rows, stride } = this.#customers;
    const { channels } = this;
    const row = slot * stride;
    const end = start + steps;
    const first = Math.min(Math.max(rows[row + FIRST]!, start), end);
    const silentFrom = Math.min(Math.max(rows[row + LAST]! + 1, first), end);
    const futureFrom = Math.min(Math.max(now + 1, silentFrom), end);
    let out = at;
    for (let left = (first - start) * channels; left > 0; left--) mask[out++] = MASK_ABSENT;
    let observedSteps = 0;
    if (first < silentFrom) {
      const { values: pages } = this.#cells;
      const page = pages.list[slot >>> pages.shift]!;
      const cells = (slot & pages.mask) * pages.width;
      let column = this.columnOf(first);
      for (let step = first; step < silentFrom; step++) {
        let place = column * channels;
        let observed = 0;
        for (let c = 0; c < channels; c++, place++, out++) {
          if ((rows[row + BITS + (place >>> 5)]! & (1 << (place & 31))) === 0) {
            mask[out] = this.#emptyMask[c]!;
            continue;
          }
          observed = 1; // the mask stays MASK_OBSERVED, 0
          const value = this.#meansToo ? this.#cells.result(slot, column, c) : page[cells + place]!;
          // Cells overflow to infinity and stay there, so that adding needs no check.
          values[out] = value > MOST_FLOAT32 ? MOST_FLOAT32 : value < -MOST_FLOAT32 ? -MOST_FLOAT32 : value;
        }
        observedSteps += observed;
        if (++column === this.columns) column = 0;
      }
    }
    for (let step = silentFrom; step < futureFrom; step++) {
      for (let c = 0; c < channels; c++) mask[out++] = this.#emptyMask[c]!;
    }
    const until = at + steps * channels;
    while (out < until) mask[out++] = MASK_MISSING;
    return observedSteps;
  }

  /** Steps in [start, start + steps) with at least one observed channel. */
  countObserved(slot: number, start: number, steps: number): number {
    const { rows, stride } = this.#customers;
    const row = slot * stride;
    const end = Math.min(start + steps, rows[row + LAST]! + 1);
    let count = 0;
    for (let step = Math.max(start, rows[row + FIRST]!); step < end; step++) {
      let place = this.columnOf(step) * this.channels;
      let observed = 0;
      for (let c = 0; c < this.channels; c++, place++) observed |= rows[row + BITS + (place >>> 5)]! >>> (place & 31);
      count += observed & 1;
    }
    return count;
  }

  /** Lengthens every ring to at least `columns`, for a stream whose watermark lags further than the settings say. */
  grow(columns: number): void {
    const customers = this.#customers;
    const old = { rows: customers.rows, stride: customers.stride, columns: this.columns, cells: this.#cells };
    this.columns = Math.max(columns, Math.ceil(this.columns * 1.5));
    this.#cells = new RingCells(this.#aggregates, this.columns);
    customers.widen(bitWordsFor(this.columns, this.channels));
    for (let k = 0; k < customers.live; k++) {
      const slot = customers.order[k]!;
      const oldRow = slot * old.stride;
      const last = old.rows[oldRow + LAST]!;
      this.#cells.admit(slot);
      for (let step = Math.max(last - old.columns + 1, old.rows[oldRow + FIRST]!); step <= last; step++) {
        const from = ((step % old.columns) + old.columns) % old.columns;
        const to = this.columnOf(step);
        for (let c = 0; c < this.channels; c++) {
          const oldPlace = from * this.channels + c;
          if ((old.rows[oldRow + BITS + (oldPlace >>> 5)]! & (1 << (oldPlace & 31))) === 0) continue;
          const place = to * this.channels + c;
          customers.rows[slot * customers.stride + BITS + (place >>> 5)]! |= 1 << (place & 31);
          this.#cells.take(old.cells, slot, from, to, c);
        }
      }
    }
  }

  get bytes(): number {
    return this.#cells.bytes;
  }

  /** Cells of the given slots, one ring after another. */
  snapshot(slots: Int32Array): RingsSnapshot {
    return this.#cells.snapshot(slots);
  }

  restore(slots: Int32Array, from: RingsSnapshot): void {
    this.#cells.restore(slots, from);
  }
}

/** Words that hold a ring's observed bits. */
export function bitWordsFor(columns: number, channels: number): number {
  return Math.ceil((columns * channels) / 32);
}
