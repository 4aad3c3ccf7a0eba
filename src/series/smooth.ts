/**
 * Moving average of one series into `out`: the mean of the known cells (mask 0) among the `width` around each step.
 * Masked cells become 0.
 *
 * @param masked whether any cell is
 */
export function movingAverage(
  values: Float32Array,
  mask: Uint8Array,
  masked: boolean,
  width: number,
  out: Float32Array,
): void {
  const half = width >> 1;
  const last = values.length - 1;
  if (!masked && width === 3) averageOfThree(values, out);
  else
    for (let i = 0; i <= last; i++)
      out[i] = averageAround(values, mask, i, Math.max(0, i - half), Math.min(last, i + half));
}

/** The usual case: a span that stays in registers. */
function averageOfThree(values: Float32Array, out: Float32Array): void {
  const last = values.length - 1;
  let left = values[0]!;
  let middle = values[1]!;
  out[0] = (left + middle) / 2;
  for (let i = 2; i <= last; i++) {
    const right = values[i]!;
    out[i - 1] = (left + middle + right) / 3;
    left = middle;
    middle = right;
  }
  out[last] = (left + middle) / 2;
}

/** Each span is summed anew: a running sum would carry the rounding of a peak through the rest of the series. */
function averageAround(values: Float32Array, mask: Uint8Array, centre: number, from: number, to: number): number {
  if (mask[centre] !== 0) return 0;
  let sum = 0;
  let known = 0;
  for (let i = from; i <= to; i++) {
    if (mask[i] !== 0) continue;
    sum += values[i]!;
    known++;
  }
  return sum / known;
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
