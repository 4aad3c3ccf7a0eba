/** Sorts the places of a series by their values; it allocates nothing when it runs. */
export interface ValueOrder {
  /** Places of the first `length` values, ascending by value, earlier places first among equals. Kept until the next call. */
  of(values: Float64Array, length: number): Uint32Array;
}

/** Plans the order of series of up to `most` values: a merge sort from the bottom over runs sorted by insertion. */
export function createValueOrder(most: number): ValueOrder {
  const first = new Uint32Array(most);
  const second = new Uint32Array(most);

  return {
    of: (values, length) => {
      sortRuns(values, first, length);
      let from = first;
      let to = second;
      for (let width = RUN; width < length; width *= 2) {
        for (let start = 0; start < length; start += 2 * width) {
          const middle = Math.min(start + width, length);
          mergeRuns(values, from, to, start, middle, Math.min(middle + width, length));
        }
        [from, to] = [to, from];
      }
      return from;
    },
  };
}

const RUN = 12;

function sortRuns(values: Float64Array, places: Uint32Array, length: number): void {
  for (let start = 0; start < length; start += RUN) {
    const end = Math.min(start + RUN, length);
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      let j = i;
      for (; j > start && values[places[j - 1]!]! > value; j--) places[j] = places[j - 1]!;
      places[j] = i;
    }
  }
}

function mergeRuns(
  values: Float64Array,
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  middle: number,
  end: number,
): void {
  let left = start;
  let right = middle;
  for (let i = start; i < end; i++) {
    const takesLeft = left < middle && (right >= end || values[from[left]!]! <= values[from[right]!]!);
    to[i] = takesLeft ? from[left++]! : from[right++]!;
  }
}
