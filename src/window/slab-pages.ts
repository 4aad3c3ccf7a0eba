/** Columns of cells that a slab can hold. */
export type Cells = Float32Array | Float64Array;
export type CellsConstructor<A extends Cells> = new (length: number) => A;

/**
 * Equal stretches of cells, one a slot, in pages of some 64 KiB: a growing store never copies or doubles, and slack is
 * at most a page.
 */
export class SlabPages<A extends Cells> {
  /** Cells of a slot. */
  readonly width: number;
  /** Slot s lies in page `s >>> shift`, at `(s & mask) * width`. */
  readonly shift: number;
  readonly mask: number;
  readonly list: A[] = [];
  readonly #kind: CellsConstructor<A>;

  constructor(kind: CellsConstructor<A>, width: number) {
    this.#kind = kind;
    this.width = width;
    this.shift = Math.max(0, Math.floor(Math.log2(PAGE_CELLS / width)));
    this.mask = (1 << this.shift) - 1;
  }

  /** Makes room for a slot. */
  admit(slot: number): void {
    while (this.list.length <= slot >>> this.shift) this.list.push(new this.#kind(this.width << this.shift));
  }

  /** The page of a slot. */
  pageOf(slot: number): A {
    return this.list[slot >>> this.shift]!;
  }

  /** Index of a slot's cell within its page. */
  place(slot: number, cell: number): number {
    return (slot & this.mask) * this.width + cell;
  }

  get bytes(): number {
    return this.list.reduce((bytes, page) => bytes + page.byteLength, 0);
  }

  /** Copies the stretches of slots behind one another. */
  gather(slots: Int32Array): A {
    const cells = new this.#kind(slots.length * this.width);
    for (const [k, slot] of slots.entries()) {
      const at = this.place(slot, 0);
      cells.set(this.pageOf(slot).subarray(at, at + this.width), k * this.width);
    }
    return cells;
  }

  /** Puts back what `gather` gave. */
  scatter(slots: Int32Array, cells: A): void {
    for (const [k, slot] of slots.entries()) {
      this.admit(slot);
      this.pageOf(slot).set(cells.subarray(k * this.width, (k + 1) * this.width), this.place(slot, 0));
    }
  }
}

const PAGE_CELLS = 16_384;
