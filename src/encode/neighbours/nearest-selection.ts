/** Selects the least of many values again and again, into buffers of its own. */
export interface NearestSelection {
  readonly indices: Int32Array; // (k), of the least values in ascending order
  readonly values: Float64Array; // (k)
  /**
   * Looks at `length` values from `offset`; indices count from there. Of equal values the first come first.
   *
   * At least k of the values must be finite; an infinite one is never selected.
   */
  take(values: Float32Array | Float64Array, offset: number, length: number): void;
}

export function createNearestSelection(k: number): NearestSelection {
  const indices = new Int32Array(k);
  const least = new Float64Array(k);
  const last = k - 1;
  return {
    indices,
    values: least,
    take: (values, offset, length) => {
      least.fill(Number.POSITIVE_INFINITY);
      let bound = Number.POSITIVE_INFINITY;
      for (let i = 0; i < length; i++) {
        const value = values[offset + i]!;
        // Nearly all values end here: the bound falls fast.
        if (!(value < bound)) continue;
        let at = last;
        while (at > 0 && least[at - 1]! > value) {
          least[at] = least[at - 1]!;
          indices[at] = indices[at - 1]!;
          at--;
        }
        least[at] = value;
        indices[at] = i;
        bound = least[last]!;
      }
    },
  };
}
