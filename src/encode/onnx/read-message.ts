// The wire format of protocol buffers, as far as a reader of ONNX needs it.

/** A field of a message: a whole number, or the bytes of text, of a message or of numbers. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * Splits a message into its fields; bytes are views of it.
 *
 * @throws Error when it is cut off, or no message.
 */
export function readMessage(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; scale <= MOST_SCALE; scale *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('it is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error('a number in it is too long');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('it is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const kind = key % 8;
    if (number === 0) throw new Error('it has a field without a number');
    fields.push({ number, value: kind === VARINT ? varint() : take(lengthOf(kind, varint)) });
  }
  return fields;
}

const VARINT = 0;
/** Of the tenth byte, the last that a number of 64 bits has. */
const MOST_SCALE = 2 ** 63;

function lengthOf(kind: number, varint: () => number): number {
  if (kind === 2) return varint();
  if (kind === 1) return 8;
  if (kind === 5) return 4;
  throw new Error(`it has a field of kind ${kind}`);
}
