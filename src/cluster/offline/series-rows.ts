/** Prepared series, gaps filled: rows in time. */
export interface SeriesRows {
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
  /** Finite. */
  readonly values: Float32Array; // (length, steps, channels)
}

/** Each channel of each row at mean 0 and standard deviation 1; one that is constant becomes 0. */
export function standardiseRows({ length, steps, channels, values }: SeriesRows): Float32Array {
  const standard = new Float32Array(values.length);
  for (let row = 0; row < length; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const first = row * steps * channels + channel;
      const end = first + steps * channels;
      let sum = 0;
      let squares = 0;
      for (let at = first; at < end; at += channels) sum += values[at]!;
      const mean = sum / steps;
      for (let at = first; at < end; at += channels) squares += (values[at]! - mean) ** 2;
      const deviation = Math.sqrt(squares / steps);
      // What rounding leaves of a constant is no shape.
      if (deviation <= Math.abs(mean) * 1e-6) continue;
      for (let at = first; at < end; at += channels) standard[at] = (values[at]! - mean) / deviation;
    }
  }
  return standard;
}
