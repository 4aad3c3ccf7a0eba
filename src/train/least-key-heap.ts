/** Rows by their keys, the least first. */
export interface LeastKeyHeap {
  readonly length: number;
  /** Row of the least key; undefined where there is none. */
  readonly least: number | undefined;
  add(row: number): void;
  /** Puts the row of the least key where it belongs, now that its key is another. */
  settleLeast(): void;
  clear(): void;
}

/**
 * Creates a binary heap of rows.
 *
 * @param keys of all rows, (capacity); they are the caller's
 */
export function createLeastKeyHeap(keys: Float64Array): LeastKeyHeap {
  const heap = new Uint32Array(keys.length);
  let length = 0;

  function keyAt(at: number): number {
    return keys[heap[at]!]!;
  }

  function swap(a: number, b: number): void {
    const row = heap[a]!;
    heap[a] = heap[b]!;
    heap[b] = row;
  }

  return {
    get length() {
      return length;
    },
    get least() {
      return length === 0 ? undefined : heap[0];
    },
    add(row) {
      let child = length++;
      heap[child] = row;
      while (child > 0) {
        const parent = (child - 1) >> 1;
        if (keyAt(parent) <= keyAt(child)) return;
        swap(parent, child);
        child = parent;
      }
    },
    settleLeast() {
      let parent = 0;
      for (;;) {
        let least = parent;
        for (let child = 2 * parent + 1; child <= 2 * parent + 2 && child < length; child++) {
          if (keyAt(child) < keyAt(least)) least = child;
        }
        if (least === parent) return;
        swap(parent, least);
        parent = least;
      }
    },
    clear() {
      length = 0;
    },
  };
}
