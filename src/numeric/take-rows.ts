/**
 * Copies some rows of a matrix, in their order.
 *
 * @param values (any, size)
 * @param rows indices of those to take
 * @returns (rows, size)
 */
export function takeRows(
  values: Float32Array | Float64Array,
  size: number,
  rows: Uint32Array | readonly number[],
): Float32Array;
export function takeRows(values: Uint8Array, size: number, rows: Uint32Array | readonly number[]): Uint8Array;
export function takeRows(
  values: Float32Array | Float64Array | Uint8Array,
  size: number,
  rows: Uint32Array | readonly number[],
): Float32Array | Uint8Array {
  const length = rows.length * size;
  const taken = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  for (let i = 0; i < rows.length; i++) taken.set(values.subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
  return taken;
}
