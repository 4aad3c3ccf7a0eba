/** How far a series must be shifted to be most alike another, and how far they are apart then. */
export interface ShapeMatch {
  /** 1 - the largest normalised cross-correlation, in [0, 2]; 1 where one of both is all zero. */
  readonly distance: number;
  /** Steps by which the series is to be shifted, later where above 0. */
  readonly shift: number;
}

/**
 * The shape-based distance of two series (Paparrizos and Gravano, 2015, "k-Shape"): the same shift for all channels, and
 * zeros beyond the ends. Among equal shifts the earliest is taken.
 *
 * @param series begins at `offset`, as does `reference` at 0
 */
export function matchShape(
  series: ArrayLike<number>,
  offset: number,
  reference: ArrayLike<number>,
  steps: number,
  channels: number,
): ShapeMatch {
  const cells = steps * channels;
  let a = 0;
  let b = 0;
  for (let at = 0; at < cells; at++) {
    a += series[offset + at]! ** 2;
    b += reference[at]! ** 2;
  }
  const norm = Math.sqrt(a * b);
  if (norm === 0) return { distance: 1, shift: 0 };
  let best = Number.NEGATIVE_INFINITY;
  let bestShift = 0;
  for (let shift = 1 - steps; shift < steps; shift++) {
    const from = Math.max(0, -shift) * channels;
    const end = Math.min(steps, steps - shift) * channels;
    let sum = 0;
    for (let at = from, to = from + shift * channels; at < end; at++, to++)
      sum += series[offset + at]! * reference[to]!;
    if (sum > best) {
      best = sum;
      bestShift = shift;
    }
  }
  return { distance: 1 - best / norm, shift: bestShift };
}
