/**
 * The ids of accepted events, 128 bits each, kept until their step can take no more events.
 *
 * An open-addressing table of five words an entry. Outdated ids are dropped when the table is full, so that adding
 * costs O(1) on average; until then they are there but count as unknown.
 */
export class EventIdSet {
  #entries: Int32Array;
  #used = 0;

  constructor(entries = 1024) {
    this.#entries = emptyTable(entries);
  }

  /**
   * Adds the id at `ids[at]` … `ids[at + 3]`.
   *
   * @param openFrom steps before it take no more events
   * @returns false where the id is known already
   */
  add(ids: Uint32Array, at: number, step: number, openFrom: number): boolean {
    let entries = this.#entries;
    if (this.#used * WORDS * 2 >= entries.length) {
      this.#sweep(openFrom);
      entries = this.#entries;
    }
    const a = ids[at]! | 0;
    const b = ids[at + 1]! | 0;
    const c = ids[at + 2]! | 0;
    const d = ids[at + 3]! | 0;
    const mask = entries.length / WORDS - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const k = slot * WORDS;
      if (entries[k + STEP] === EMPTY) {
        entries[k] = a;
        entries[k + 1] = b;
        entries[k + 2] = c;
        entries[k + 3] = d;
        entries[k + STEP] = step;
        this.#used++;
        return true;
      }
      if (entries[k] !== a || entries[k + 1] !== b || entries[k + 2] !== c || entries[k + 3] !== d) continue;
      if (entries[k + STEP]! >= openFrom) return false;
      entries[k + STEP] = step; // known once, and forgotten since
      return true;
    }
  }

  /** Drops outdated ids, and makes room for as many new ones as are left. */
  #sweep(openFrom: number): void {
    const old = this.#entries;
    let kept = 0;
    for (let k = STEP; k < old.length; k += WORDS) if (old[k] !== EMPTY && old[k]! >= openFrom) kept++;
    let size = 1024;
    while (size < kept * 4) size *= 2;
    this.#entries = emptyTable(size);
    this.#used = 0;
    for (let k = 0; k < old.length; k += WORDS) {
      if (old[k + STEP] !== EMPTY && old[k + STEP]! >= openFrom) this.#enter(old, k);
    }
  }

  #enter(from: Int32Array, at: number): void {
    const entries = this.#entries;
    const mask = entries.length / WORDS - 1;
    let slot = from[at]! & mask;
    while (entries[slot * WORDS + STEP] !== EMPTY) slot = (slot + 1) & mask;
    for (let word = 0; word < WORDS; word++) entries[slot * WORDS + word] = from[at + word]!;
    this.#used++;
  }

  get bytes(): number {
    return this.#entries.byteLength;
  }

  /** The entries, five words each: the id, then its step. */
  snapshot(): Int32Array {
    const kept = new Int32Array(this.#used * WORDS);
    let at = 0;
    for (let k = 0; k < this.#entries.length; k += WORDS) {
      if (this.#entries[k + STEP] === EMPTY) continue;
      kept.set(this.#entries.subarray(k, k + WORDS), at);
      at += WORDS;
    }
    return kept;
  }

  restore(entries: Int32Array): void {
    let size = 1024;
    while (size < (entries.length / WORDS) * 4) size *= 2;
    this.#entries = emptyTable(size);
    this.#used = 0;
    for (let k = 0; k < entries.length; k += WORDS) this.#enter(entries, k);
  }
}

const WORDS = 5;
const STEP = 4;
const EMPTY = -0x80000000;

function emptyTable(entries: number): Int32Array {
  const table = new Int32Array(entries * WORDS);
  for (let k = STEP; k < table.length; k += WORDS) table[k] = EMPTY;
  return table;
}
