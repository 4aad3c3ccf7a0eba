/** Values at even distances in memory that is used again and again, also seen as bits for loops that must not branch. */
export interface Sample {
  values: Float32Array;
  /** The same memory as `values`. */
  bits: Int32Array;
  /** Where the first value is, how far apart they are, and how many. */
  first: number;
  stride: number;
  count: number;
}

export function createSample(capacity: number): Sample {
  const values = new Float32Array(capacity);
  return { values, bits: bitsOf(values), first: 0, stride: 1, count: 0 };
}

export function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}
