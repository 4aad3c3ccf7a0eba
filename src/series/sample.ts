/** Values in memory that is used again and again, also seen as bits for loops that must not branch on them. */
export interface Sample {
  readonly values: Float32Array;
  /** The same memory as `values`. */
  readonly bits: Int32Array;
  /** The first `count` of `values` are meant. */
  count: number;
}

export function createSample(capacity: number): Sample {
  const values = new Float32Array(capacity);
  return { values, bits: new Int32Array(values.buffer), count: capacity };
}
