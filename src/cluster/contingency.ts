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

function numbered(classes: ArrayLike<unknown>): { readonly numbers: Uint32Array; readonly count: number } {
  const known = new Map<unknown, number>();
  const numbers = Uint32Array.from({ length: classes.length }, (_, i) => {
    const number = known.get(classes[i]) ?? known.size;
    known.set(classes[i], number);
    return number;
  });
  return { numbers, count: known.size };
}
