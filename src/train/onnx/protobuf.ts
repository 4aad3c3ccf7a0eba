// The wire format of protocol buffers, as far as a writer of ONNX needs it: a message is its fields one after the
// other, and a field is its number and kind, then a varint, or a length and so many bytes.

/** A field that holds a whole number, a flag or an enum. */
export function varintField(field: number, value: number | bigint): Uint8Array {
  return join([varint(field << 3), varint(value)]);
}

/** A field that holds text, as UTF-8, or bytes. */
export function bytesField(field: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return join([varint((field << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

/** A field that holds a message. */
export function messageField(field: number, fields: readonly Uint8Array[]): Uint8Array {
  return bytesField(field, join(fields));
}

/** A message, or a part of one. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const LENGTH_DELIMITED = 2;

/** Seven bits a byte, the least first; negative numbers as their two's complement in 64 bits. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}
