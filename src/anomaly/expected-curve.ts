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
  return {
    values: expected,
    take(values, mask, offset) {
      let knownCells = 0;
      for (let cell = 0; cell < cells; cell++) if (isInformative(mask[offset + cell]!)) known[knownCells++] = cell;
      least.fill(Number.POSITIVE_INFINITY);
      for (let row = 0, at = 0; row < length; row++, at += cells) {
        const bound = least[count - 1]!;
        let sum = 0;
        // Most references are found to be far after a few cells.
        for (let i = 0; i < knownCells && sum < bound; i++) {
          const cell = known[i]!;
          const difference = values[offset + cell]! - references[at + cell]!;
          sum += difference * difference;
        }
        if (sum >= bound) continue;
        let place = count - 1;
        for (; place > 0 && least[place - 1]! > sum; place--) {
          least[place] = least[place - 1]!;
          nearest[place] = nearest[place - 1]!;
        }
        least[place] = sum;
        nearest[place] = row;
      }
      expected.fill(0);
      for (let n = 0; n < count; n++) {
        const at = nearest[n]! * cells;
        for (let cell = 0; cell < cells; cell++) expected[cell]! += references[at + cell]! / count;
      }
    },
  };
}
