/**
 * The next revision of windows that late events touched, by window and slot.
 *
 * Sparse: a window without an entry has been emitted once when it fired, if its customer was to be seen in it, and has
 * not changed since.
 */
export class Revisions {
  readonly #byWindow = new Map<number, Map<number, number>>();

  get(window: number, slot: number): number | undefined {
    return this.#byWindow.get(window)?.get(slot);
  }

  set(window: number, slot: number, next: number): void {
    let bySlot = this.#byWindow.get(window);
    if (bySlot === undefined) {
      bySlot = new Map();
      this.#byWindow.set(window, bySlot);
    }
    bySlot.set(slot, next);
  }

  /** Forgets a window that has closed. */
  close(window: number): void {
    this.#byWindow.delete(window);
  }

  /** Forgets a customer. */
  release(slot: number): void {
    for (const bySlot of this.#byWindow.values()) bySlot.delete(slot);
  }

  /** Triples of window, slot and next revision. */
  snapshot(): Float64Array {
    const triples: number[] = [];
    for (const [window, bySlot] of this.#byWindow) {
      for (const [slot, next] of bySlot) triples.push(window, slot, next);
    }
    return Float64Array.from(triples);
  }

  restore(triples: Float64Array): void {
    for (let k = 0; k < triples.length; k += 3) this.set(triples[k]!, triples[k + 1]!, triples[k + 2]!);
  }
}
