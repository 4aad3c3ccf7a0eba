/** Series of one shape that are aligned to each other, and how far they may be bent. */
export interface Warping {
  readonly steps: number;
  readonly channels: number;
  /** Steps by which two series may be out of step with each other (Sakoe and Chiba, 1978); 0 compares step by step. */
  readonly band: number;
}

/** Measures pairs of series without allocating. */
export interface DtwMeter {
  /**
   * Squared distance by dynamic time warping, the least sum of squared differences along a path; Infinity where it is
   * known to be at least `limit`.
   *
   * @param a begins at `offset`, as does `b` at `other`
   */
  squared(a: ArrayLike<number>, offset: number, b: ArrayLike<number>, other: number, limit?: number): number;
  /**
   * The same, and the path: calls `visit` with the steps of `a` and `b` that belong together, from the last to the first.
   */
  align(
    a: ArrayLike<number>,
    offset: number,
    b: ArrayLike<number>,
    other: number,
    visit: (stepOfA: number, stepOfB: number) => void,
  ): number;
}

export function createDtwMeter({ steps, channels, band }: Warping): DtwMeter {
  // One more row and column than steps: what lies beyond the ends and the band is infinitely far.
  const width = steps + 1;
  let before = new Float64Array(width);
  let current = new Float64Array(width);
  const table = { costs: undefined as Float64Array | undefined };
  // Copied, so that the loops see arrays of one kind.
  const own = new Float64Array(steps * channels);
  const others = new Float64Array(steps * channels);

  const cost = (a: ArrayLike<number>, from: number, b: ArrayLike<number>, to: number): number => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const difference = a[from + channel]! - b[to + channel]!;
      sum += difference * difference;
    }
    return sum;
  };

  /** A row of costs within the band, and the least of them. */
  const addRow = (i: number, first: number, last: number): number => {
    // Names of their own: a loop reads what is assigned elsewhere from memory each time.
    const [above, row, theirs, value] = [before, current, others, own[i]!];
    let diagonal = above[first]!;
    let left = Number.POSITIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let j = first; j <= last; j++) {
      const up = above[j + 1]!;
      let way = up < diagonal ? up : diagonal;
      if (left < way) way = left;
      if (channels === 1) {
        const difference = value - theirs[j]!;
        left = way + difference * difference;
      } else {
        left = way + cost(own, i * channels, theirs, j * channels);
      }
      row[j + 1] = left;
      if (left < least) least = left;
      diagonal = up;
    }
    return least;
  };

  return {
    squared: (a, offset, b, other, limit = Number.POSITIVE_INFINITY) => {
      for (let at = 0; at < own.length; at++) {
        own[at] = a[offset + at]!;
        others[at] = b[other + at]!;
      }
      before.fill(Number.POSITIVE_INFINITY);
      before[0] = 0;
      for (let i = 0; i < steps; i++) {
        const first = Math.max(0, i - band);
        const last = Math.min(steps - 1, i + band);
        const least = addRow(i, first, last);
        // All paths lead through this row, and none gets shorter.
        if (least >= limit) return Number.POSITIVE_INFINITY;
        // The next row looks one beyond either end of this one, at what rows before have left there.
        current[first] = Number.POSITIVE_INFINITY;
        if (last + 2 < width) current[last + 2] = Number.POSITIVE_INFINITY;
        const swapped = before;
        before = current;
        current = swapped;
      }
      const squared = before[steps]!;
      return squared >= limit ? Number.POSITIVE_INFINITY : squared;
    },

    align: (a, offset, b, other, visit) => {
      table.costs ??= new Float64Array(width * width);
      const costs = table.costs.fill(Number.POSITIVE_INFINITY);
      costs[0] = 0;
      for (let i = 0; i < steps; i++) {
        const last = Math.min(steps - 1, i + band);
        for (let j = Math.max(0, i - band); j <= last; j++) {
          const at = i * width + j;
          const way = Math.min(costs[at]!, costs[at + 1]!, costs[at + width]!);
          costs[at + width + 1] = way + cost(a, offset + i * channels, b, other + j * channels);
        }
      }
      let i = steps;
      let j = steps;
      while (i > 0 && j > 0) {
        visit(i - 1, j - 1);
        const at = (i - 1) * width + j - 1;
        const [both, up, left] = [costs[at]!, costs[at + 1]!, costs[at + width]!];
        if (both <= up && both <= left) {
          i--;
          j--;
        } else if (up <= left) i--;
        else j--;
      }
      return costs[steps * width + steps]!;
    },
  };
}
