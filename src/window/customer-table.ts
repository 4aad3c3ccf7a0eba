import { IdSlab } from './id-slab.js';

/** Words of a customer's row: hash of the id, where the id lies, first and latest step; then the observed bits. */
const HASH = 0;
const ID = 1;
export const FIRST = 2;
export const LAST = 3;
export const BITS = 4;

/** `LAST` of a row without a customer. */
const NOBODY = -0x80000000;

/**
 * Interns customer ids: maps the bytes of an id to a small number, its slot, and keeps a row of integers for each.
 *
 * No JavaScript object per customer: an open-addressing index over the ids' hashes, the ids behind one another in one
 * buffer, the rows in another. A released slot keeps its id until `recycle`, for results that name it still.
 */
export class CustomerTable {
  /** Words of a row. */
  stride: number;
  rows: Int32Array; // (capacity, stride)
  /** Slots in the order in which their customers joined. */
  order: Int32Array; // (live)
  live = 0;
  /** Slots ever used; all are below it. */
  slots = 0;
  #index = new Int32Array(64); // slot + 1; 0 where empty
  #ids = new IdSlab();
  #released: number[] = [];
  #free: number[] = [];

  constructor(bitWords: number) {
    this.stride = BITS + bitWords;
    this.rows = new Int32Array(16 * this.stride);
    this.order = new Int32Array(16);
  }

  /** The slot of a known customer, or -1. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    const rows = this.rows;
    const stride = this.stride;
    const ids = this.#ids;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = index[at]! - 1;
      if (slot < 0) return -1;
      const row = slot * stride;
      if (rows[row] === hash && ids.holds(rows[row + ID]!, bytes, start, end)) return slot;
    }
  }

  /** Gives an unknown customer a slot; its row begins at `step`, without observed bits. */
  insert(bytes: Uint8Array, start: number, end: number, hash: number, step: number): number {
    const slot = this.#free.pop() ?? this.slots++;
    const row = slot * this.stride;
    if (row + this.stride > this.rows.length) this.rows = enlarge(this.rows, this.#capacityFor(slot + 1) * this.stride);
    this.rows[row + HASH] = hash;
    this.rows[row + ID] = this.#ids.add(bytes, start, end);
    this.rows[row + FIRST] = step;
    this.rows[row + LAST] = step;
    this.rows.fill(0, row + BITS, row + this.stride);
    if (this.live === this.order.length) this.order = enlarge(this.order, this.#capacityFor(this.live + 1));
    this.order[this.live++] = slot;
    if (this.live * 3 > this.#index.length * 2) this.#reindex(this.#index.length * 2);
    else this.#enter(slot, hash);
    return slot;
  }

  #capacityFor(slots: number): number {
    return Math.ceil(slots * 1.25) + 16;
  }

  #enter(slot: number, hash: number): void {
    const mask = this.#index.length - 1;
    let at = hash & mask;
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = slot + 1;
  }

  #reindex(size: number): void {
    this.#index = new Int32Array(size);
    for (let k = 0; k < this.live; k++) {
      const slot = this.order[k]!;
      this.#enter(slot, this.rows[slot * this.stride]!);
    }
  }

  /** Forgets customers. Their slots are not given out again before `recycle`. */
  release(slots: Int32Array): void {
    if (slots.length === 0) return;
    for (const slot of slots) {
      this.#leave(slot);
      this.rows[slot * this.stride + LAST] = NOBODY;
      this.#released.push(slot);
    }
    let kept = 0;
    for (let k = 0; k < this.live; k++) {
      const slot = this.order[k]!;
      if (this.rows[slot * this.stride + LAST] !== NOBODY) this.order[kept++] = slot;
    }
    this.live = kept;
  }

  /** Takes a slot out of the index, and closes the hole so that no search stops at it (Knuth, 6.4, algorithm R). */
  #leave(slot: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let hole = this.rows[slot * this.stride]! & mask;
    while (index[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.rows[(index[at]! - 1) * this.stride]! & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = index[at]!;
      hole = at;
    }
    index[hole] = 0;
  }

  /** Makes released slots free. Call it when nothing names them any more. */
  recycle(): void {
    for (const slot of this.#released) {
      this.#ids.drop(this.rows[slot * this.stride + ID]!);
      this.#free.push(slot);
    }
    this.#released = [];
    if (!this.#ids.isWasteful) return;
    const ids = new IdSlab(Math.ceil(this.#ids.used * 1.25));
    for (let k = 0; k < this.live; k++) {
      const at = this.order[k]! * this.stride + ID;
      const id = this.#ids.read(this.rows[at]!);
      this.rows[at] = ids.add(id, 0, id.length);
    }
    this.#ids = ids;
  }

  text(slot: number): string {
    return this.#ids.text(this.rows[slot * this.stride + ID]!);
  }

  /** Widens rows to more observed bits, which all start unset: the caller writes them again. */
  widen(bitWords: number): void {
    const stride = BITS + bitWords;
    const rows = new Int32Array((this.rows.length / this.stride) * stride);
    for (let slot = 0; slot < this.slots; slot++) {
      for (let word = 0; word < BITS; word++) rows[slot * stride + word] = this.rows[slot * this.stride + word]!;
    }
    this.rows = rows;
    this.stride = stride;
  }

  get bytes(): number {
    return this.rows.byteLength + this.order.byteLength + this.#index.byteLength + this.#ids.byteLength;
  }

  snapshot(): CustomersSnapshot {
    const { stride, live, slots } = this;
    const order = this.order.slice(0, live);
    const rows = new Int32Array(live * stride);
    const ends = new Uint32Array(live);
    let size = 0;
    for (const [k, slot] of order.entries()) {
      const row = slot * stride;
      rows.set(this.rows.subarray(row, row + stride), k * stride);
      size += this.#ids.read(this.rows[row + ID]!).length;
      ends[k] = size;
    }
    const ids = new Uint8Array(size);
    for (const [k, slot] of order.entries()) {
      ids.set(this.#ids.read(this.rows[slot * stride + ID]!), k === 0 ? 0 : ends[k - 1]!);
    }
    return { slots, order, rows, ids, ends };
  }

  restore({ slots, order, rows, ids, ends }: CustomersSnapshot): void {
    const { stride } = this;
    const used = new Uint8Array(slots);
    for (const slot of order) used[slot] = 1;
    for (let slot = slots - 1; slot >= 0; slot--) if (used[slot] === 0) this.#free.push(slot);
    this.slots = slots;
    this.rows = new Int32Array(this.#capacityFor(slots) * stride);
    this.rows.fill(NOBODY, 0, slots * stride);
    for (const [k, slot] of order.entries()) {
      const row = slot * stride;
      this.rows.set(rows.subarray(k * stride, (k + 1) * stride), row);
      this.rows[row + ID] = this.#ids.add(ids, k === 0 ? 0 : ends[k - 1]!, ends[k]!);
    }
    this.order = enlarge(order, this.#capacityFor(order.length));
    this.live = order.length;
    let size = this.#index.length;
    while (this.live * 3 > size * 2) size *= 2;
    this.#reindex(size);
  }
}

/** The live customers, in the order in which they joined; ids lie behind one another, id k ends at `ends[k]`. */
export interface CustomersSnapshot {
  readonly slots: number;
  readonly order: Int32Array; // (live)
  readonly rows: Int32Array; // (live, stride)
  readonly ids: Uint8Array;
  readonly ends: Uint32Array; // (live)
}

function enlarge(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
