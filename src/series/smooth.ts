/**
 * Moving average of one series into `out`: the mean of the known cells (mask 0) among the `width` around each step.
 * Masked cells become 0.
 */
export function movingAverage(values: Float32Array, mask: Uint8Array, width: number, out: Float32Array): void {
  const half = width >> 1;
  const steps = values.length;
  for (let i = 0; i < steps; i++) {
    const to = Math.min(steps - 1, i + half);
    let sum = 0;
    let known = 0;
    // Each span is summed anew: a running sum would carry the rounding of a peak through the rest of the series.
    for (let j = Math.max(0, i - half); j <= to; j++) {
      if (mask[j] !== 0) continue;
      sum += values[j]!;
      known++;
    }
    out[i] = mask[i] === 0 ? sum / known : 0;
  }
}

/**
 * Moving median of one series into `out`, over the same cells as the moving average; of an even number of cells, the
 * mean of the middle two. Masked cells become 0.
 *
 * @param span room for `width` values
 */
export function movingMedian(
  values: Float32Array,
  mask: Uint8Array,
  width: number,
  out: Float32Array,
  span: Float32Array,
): void {
  const half = width >> 1;
  const steps = values.length;
  for (let i = 0; i < steps; i++) {
    const to = Math.min(steps - 1, i + half);
    let known = 0;
    for (let j = Math.max(0, i - half); j <= to; j++) {
      if (mask[j] === 0) insertSorted(span, known++, values[j]!);
    }
    const middle = known >> 1;
    if (mask[i] !== 0) out[i] = 0;
    else out[i] = known % 2 === 1 ? span[middle]! : (span[middle - 1]! + span[middle]!) / 2;
  }
}

/** Spans are short: insertion beats sorting, and needs no memory. */
function insertSorted(sorted: Float32Array, length: number, value: number): void {
  let at = length;
  while (at > 0 && sorted[at - 1]! > value) {
    sorted[at] = sorted[at - 1]!;
    at--;
  }
  sorted[at] = value;
}
