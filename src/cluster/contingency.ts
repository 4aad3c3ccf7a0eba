/** How often each class of one partition of the rows meets each class of another. */
export interface Contingency {
  readonly total: number;
  /** Rows of each pair of classes that meet, in any order. */
  readonly cells: readonly number[];
  /** Row and column sums of each cell, in the order of `cells`. */
  readonly cellSums: readonly (readonly [number, number])[];
  /** Rows of each class of the first partition. */
  readonly firstSums: readonly number[];
  /** Rows of each class of the second. */
  readonly secondSums: readonly number[];
}

/** Counts two partitions of the same rows; classes are any values, told apart by `===`. */
export function contingency(first: ArrayLike<unknown>, second: ArrayLike<unknown>): Contingency {
  const a = numbered(first);
  const b = numbered(second);
  const firstSums = new Array<number>(a.count).fill(0);
  const secondSums = new Array<number>(b.count).fill(0);
  const cells = new Map<number, number>();
  for (let i = 0; i < first.length; i++) {
    const cell = a.numbers[i]! * b.count + b.numbers[i]!;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
    firstSums[a.numbers[i]!]! += 1;
    secondSums[b.numbers[i]!]! += 1;
  }
  const cellSums = [...cells.keys()].map(
    (cell) => [firstSums[Math.floor(cell / b.count)]!, secondSums[cell % b.count]!] as const,
  );
  return { total: first.length, cells: [...cells.values()], cellSums, firstSums, secondSums };
}

/** Counts two partitions row by row: what it keeps grows with pairs of classes that meet, not with the rows. */
export interface PairCounts {
  add(first: unknown, second: unknown): void;
  counts(): Contingency;
}

export function createPairCounts(): PairCounts {
  const cells = new Map<unknown, Map<unknown, number>>();
  return {
    add: (first, second) => {
      const row = cells.get(first) ?? new Map<unknown, number>();
      row.set(second, (row.get(second) ?? 0) + 1);
      cells.set(first, row);
    },
    counts: () => {
      const firstSums = new Map<unknown, number>();
      const secondSums = new Map<unknown, number>();
      const counted = [...cells].flatMap(([first, row]) =>
        [...row].map(([second, count]) => ({ first, second, count })),
      );
      for (const { first, second, count } of counted) {
        firstSums.set(first, (firstSums.get(first) ?? 0) + count);
        secondSums.set(second, (secondSums.get(second) ?? 0) + count);
      }
      return {
        total: counted.reduce((sum, { count }) => sum + count, 0),
        cells: counted.map(({ count }) => count),
        cellSums: counted.map(({ first, second }) => [firstSums.get(first)!, secondSums.get(second)!] as const),
        firstSums: [...firstSums.values()],
        secondSums: [...secondSums.values()],
      };
    },
  };
}

function numbered(classes: ArrayLike<unknown>): { readonly numbers: Uint32Array; readonly count: number } {
  const known = new Map<unknown, number>();
  const numbers = Uint32Array.from({ length: classes.length }, (_, i) => {
    const number = known.get(classes[i]) ?? known.size;
    known.set(classes[i], number);
    return number;
  });
  return { numbers, count: known.size };
}
