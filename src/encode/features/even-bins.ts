/** The values of a series in bins of equal width from its least value to its greatest. */
export interface EvenBins {
  readonly labels: Uint8Array; // (steps)
  readonly counts: Int32Array; // (bins)
  /** Sorts the values, of which `least` and `most` are the extremes. */
  load(values: Float64Array, least: number, most: number): void;
  /** Middle of a bin. */
  centre(bin: number): number;
}

/** Edges lie this share of a bin outwards, so that a value on an edge is above it however it was rounded. */
const EDGE_TOLERANCE = 1e-6;

/** Plans at most 255 bins. */
export function createEvenBins(steps: number, bins: number): EvenBins {
  const labels = new Uint8Array(steps);
  const counts = new Int32Array(bins);
  let least = 0;
  let width = 0;

  return {
    labels,
    counts,
    load: (values, nextLeast, most) => {
      least = nextLeast;
      width = (most - least) / bins;
      const scale = 1 / width;
      counts.fill(0);
      for (let i = 0; i < steps; i++) {
        const bin = Math.min(bins - 1, ((values[i]! - least) * scale + EDGE_TOLERANCE) | 0);
        labels[i] = bin;
        counts[bin]!++;
      }
    },
    // The edges of a bin move together but for the last, whose middle stays.
    centre: (bin) => least + width * (bin + 0.5 - (bin === bins - 1 ? 0 : EDGE_TOLERANCE)),
  };
}
