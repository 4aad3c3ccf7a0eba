/** One series: known where mask is 0; the other cells hold 0 and say why in their mask value. */
export interface Row {
  readonly values: Float32Array; // (steps)
  readonly mask: Uint8Array; // (steps)
}

/** Keeps the last steps of `row`. */
export function truncate(row: Row, out: Row): void {
  const from = row.values.length - out.values.length;
  for (let i = 0; i < out.values.length; i++) {
    out.values[i] = row.values[from + i]!;
    out.mask[i] = row.mask[from + i]!;
  }
}

/** Draws `row` at evenly spread places, the first and the last step included; masked where a step it needs is masked. */
export function interpolate(row: Row, out: Row): void {
  const last = row.values.length - 1;
  const lastOut = out.values.length - 1;
  for (let i = 0; i <= lastOut; i++) {
    // Whole numbers are multiplied first, so that a place that falls on a step is that step, to the bit.
    const left = Math.floor((i * last) / lastOut);
    const part = (i * last - left * lastOut) / lastOut;
    const right = part > 0 ? left + 1 : left;
    const mask = Math.max(row.mask[left]!, row.mask[right]!);
    out.mask[i] = mask;
    out.values[i] = mask === 0 ? row.values[left]! + (row.values[right]! - row.values[left]!) * part : 0;
  }
}

/** Means of the known cells over equal bins, each step weighted by the part of it that lies in the bin. */
export function averageBins(row: Row, out: Row): void {
  const steps = row.values.length;
  const bins = out.values.length;
  for (let i = 0; i < bins; i++) {
    // In units of 1 / bins of a step everything is whole: bin i is [i · steps, (i + 1) · steps), step j [j · bins, …).
    const start = i * steps;
    const end = start + steps;
    let sum = 0;
    let weight = 0;
    let mask = MOST_MASK;
    for (let j = Math.floor(start / bins); j * bins < end; j++) {
      mask = Math.min(mask, row.mask[j]!);
      if (row.mask[j] !== 0) continue;
      const overlap = Math.min(end, (j + 1) * bins) - Math.max(start, j * bins);
      sum += overlap * row.values[j]!;
      weight += overlap;
    }
    out.mask[i] = mask;
    out.values[i] = weight > 0 ? sum / weight : 0;
  }
}

/** A bin of missing and absent cells is missing: the customer was there for a part of it. */
const MOST_MASK = 255;
