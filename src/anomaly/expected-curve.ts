import { isInformative } from '../window/is-informative.js';

/** Windows that were usual, as prepared series without gaps. */
export interface References {
  readonly length: number;
  /** steps × channels */
  readonly cells: number;
  readonly values: Float32Array; // (length, cells)
}

/** Windows that an expected curve is the mean of. */
const NEIGHBOURS = 5;

/** Tells what is usual for a window like this one, in buffers of its own. */
export interface ExpectedCurve {
  /** Mean of the nearest references, until the next call. */
  readonly values: Float64Array; // (cells)
  /** Distance to the farthest of them by a cell that is known, root mean square. */
  readonly distance: number;
  /**
   * Looks for the references nearest to the window at `offset`, over the cells that it knows.
   *
   * @param mask 0 or 1 where a cell is known
   */
  take(values: Float32Array, mask: Uint8Array, offset: number): void;
}

export function createExpectedCurve({ length, cells, values: references }: References): ExpectedCurve {
  const count = Math.min(NEIGHBOURS, length);
  const nearest = new Int32Array(count);
  const least = new Float64Array(count);
  const expected = new Float64Array(cells);
  const known = new Int32Array(cells);
  const sums = Float64Array.from({ length }, (_, row) => sumOf(references, row * cells, cells));
  const bySum = Int32Array.from(sums.keys()).sort((a, b) => sums[a]! - sums[b]! || a - b);

  /** Keeps a reference where it is nearer than those that are kept; of equals the first. */
  function consider(row: number, values: Float32Array, offset: number, knownCells: number): void {
    const bound = least[count - 1]!;
    const at = row * cells;
    let sum = 0;
    // Most references are found to be far after a few cells.
    for (let i = 0; i < knownCells && sum <= bound; ) {
      for (const end = Math.min(i + CELLS_AT_ONCE, knownCells); i < end; i++) {
        const cell = known[i]!;
        const difference = values[offset + cell]! - references[at + cell]!;
        sum += difference * difference;
      }
    }
    if (!isNearer(sum, row, count - 1)) return;
    let place = count - 1;
    for (; place > 0 && isNearer(sum, row, place - 1); place--) {
      least[place] = least[place - 1]!;
      nearest[place] = nearest[place - 1]!;
    }
    least[place] = sum;
    nearest[place] = row;
  }

  function isNearer(sum: number, row: number, place: number): boolean {
    return sum < least[place]! || (sum === least[place]! && row < nearest[place]!);
  }

  /**
   * From the reference whose sum is the nearest on to both sides: windows whose sums differ by d lie at least
   * d / √cells apart.
   */
  function searchBySum(values: Float32Array, offset: number): void {
    const own = sumOf(values, offset, cells);
    let above = 0;
    for (let end = length; above < end; ) {
      const middle = (above + end) >> 1;
      if (sums[bySum[middle]!]! < own) above = middle + 1;
      else end = middle;
    }
    let below = above - 1;
    while (below >= 0 || above < length) {
      const under = below < 0 ? Number.POSITIVE_INFINITY : own - sums[bySum[below]!]!;
      const over = above >= length ? Number.POSITIVE_INFINITY : sums[bySum[above]!]! - own;
      const apart = Math.min(under, over);
      // Sums are rounded, and so are distances.
      if (apart * apart > least[count - 1]! * cells * (1 + 1e-6)) return;
      consider(under <= over ? bySum[below--]! : bySum[above++]!, values, offset, cells);
    }
  }

  let distance = 0;
  return {
    values: expected,
    get distance() {
      return distance;
    },
    take(values, mask, offset) {
      let knownCells = 0;
      for (let cell = 0; cell < cells; cell++) if (isInformative(mask[offset + cell]!)) known[knownCells++] = cell;
      least.fill(Number.POSITIVE_INFINITY);
      nearest.fill(length);
      if (knownCells === cells) searchBySum(values, offset);
      else for (let row = 0; row < length; row++) consider(row, values, offset, knownCells);
      distance = Math.sqrt(least[count - 1]! / Math.max(1, knownCells));
      expected.fill(0);
      for (let n = 0; n < count; n++) {
        const at = nearest[n]! * cells;
        for (let cell = 0; cell < cells; cell++) expected[cell]! += references[at + cell]! / count;
      }
    },
  };
}

/** Cells that are looked at before it is asked whether a reference is far already. */
const CELLS_AT_ONCE = 8;

function sumOf(values: Float32Array, offset: number, cells: number): number {
  let sum = 0;
  for (let cell = 0; cell < cells; cell++) sum += values[offset + cell]!;
  return sum;
}
