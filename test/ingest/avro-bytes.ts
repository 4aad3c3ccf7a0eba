// Avro's binary encoding by hand (specification 1.12, "Binary encoding").

/** Zigzag, in groups of seven bits. */
export function long(value: bigint | number): number[] {
  const bytes: number[] = [];
  let n = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  for (; n > 127n; n >>= 7n) bytes.push(Number(n & 127n) | 128);
  return [...bytes, Number(n)];
}

export function text(s: string): number[] {
  return [...long(Buffer.byteLength(s)), ...Buffer.from(s)];
}

export function hex(digits: string): number[] {
  return [...Buffer.from(digits.replaceAll(' ', ''), 'hex')];
}
