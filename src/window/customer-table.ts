/** Words of a customer's row: hash of the id, where the id lies, first and latest step; then the observed bits. */
export const HASH = 0;
export const ID = 1;
export const FIRST = 2;
export const LAST = 3;
export const BITS = 4;

/** `LAST` of a row without a customer. */
export const NOBODY = -0x80000000;

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
  #ids = new Uint8Array(256);
  #idsEnd = 0;
  #idsDead = 0;
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
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = index[at]! - 1;
      if (slot < 0) return -1;
      const row = slot * stride;
      if (rows[row] === hash && this.#holds(rows[row + ID]!, bytes, start, end)) return slot;
    }
  }

  #holds(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const ids = this.#ids;
    let length = end - start;
    while (length > 127) {
      if (ids[at++] !== ((length & 127) | 128)) return false;
      length >>>= 7;
    }
    if (ids[at++] !== length) return false;
    for (let i = start; i < end; i++) if (ids[at++] !== bytes[i]) return false;
    return true;
  }

  /** Gives an unknown customer a slot; its row begins at `step`, without observed bits. */
  insert(bytes: Uint8Array, start: number, end: number, hash: number, step: number): number {
    const slot = this.#free.pop() ?? this.slots++;
    const row = slot * this.stride;
    if (row + this.stride > this.rows.length) this.rows = enlarge(this.rows, this.#capacityFor(slot + 1) * this.stride);
    this.rows[row + HASH] = hash;
    this.rows[row + ID] = this.#append(bytes, start, end);
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

  #append(bytes: Uint8Array, start: number, end: number): number {
    const size = end - start + 5;
    if (this.#idsEnd + size > this.#ids.length) this.#ids = enlarge(this.#ids, Math.ceil((this.#idsEnd + size) * 1.25));
    const ids = this.#ids;
    const id = this.#idsEnd;
    let at = id;
    let length = end - start;
    for (; length > 127; length >>>= 7) ids[at++] = (length & 127) | 128;
    ids[at++] = length;
    for (let i = start; i < end; i++) ids[at++] = bytes[i]!;
    this.#idsEnd = at;
    return id;
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
      const id = this.rows[slot * this.stride + ID]!;
      this.#idsDead += this.#endOf(id) - id;
      this.#free.push(slot);
    }
    this.#released = [];
    if (this.#idsDead > 4096 && this.#idsDead * 2 > this.#idsEnd) this.#compactIds();
  }

  #compactIds(): void {
    const ids = new Uint8Array(Math.ceil((this.#idsEnd - this.#idsDead) * 1.25) + 256);
    let end = 0;
    for (let k = 0; k < this.live; k++) {
      const at = this.order[k]! * this.stride + ID;
      const id = this.rows[at]!;
      const next = this.#endOf(id);
      ids.set(this.#ids.subarray(id, next), end);
      this.rows[at] = end;
      end += next - id;
    }
    this.#ids = ids;
    this.#idsEnd = end;
    this.#idsDead = 0;
  }

  #endOf(id: number): number {
    const [start, length] = this.#locate(id);
    return start + length;
  }

  #locate(id: number): readonly [start: number, length: number] {
    let at = id;
    let length = 0;
    let shift = 0;
    while (this.#ids[at]! > 127) {
      length |= (this.#ids[at++]! & 127) << shift;
      shift += 7;
    }
    return [at + 1, length | (this.#ids[at]! << shift)];
  }

  /** UTF-8 of a slot's id: a view that holds until the next `insert`. */
  idBytes(slot: number): Uint8Array {
    const [start, length] = this.#locate(this.rows[slot * this.stride + ID]!);
    return this.#ids.subarray(start, start + length);
  }

  text(slot: number): string {
    const [start, length] = this.#locate(this.rows[slot * this.stride + ID]!);
    const ids = this.#ids;
    if (length > 32) return DECODER.decode(ids.subarray(start, start + length));
    let text = '';
    for (let i = start; i < start + length; i++) {
      const byte = ids[i]!;
      if (byte > 127) return DECODER.decode(ids.subarray(start, start + length));
      text += String.fromCharCode(byte); // most ids are short and ASCII, where a decoder's call costs more
    }
    return text;
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
      rows.set(this.rows.subarray(slot * stride, (slot + 1) * stride), k * stride);
      size += this.idBytes(slot).length;
      ends[k] = size;
    }
    const ids = new Uint8Array(size);
    for (const [k, slot] of order.entries()) ids.set(this.idBytes(slot), k === 0 ? 0 : ends[k - 1]!);
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
      this.rows[row + ID] = this.#append(ids, k === 0 ? 0 : ends[k - 1]!, ends[k]!);
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

const DECODER = new TextDecoder();

function enlarge<A extends Int32Array | Uint8Array>(array: A, length: number): A {
  const larger = new (array.constructor as new (length: number) => A)(length);
  larger.set(array);
  return larger;
}
