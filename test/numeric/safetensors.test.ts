import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../src/numeric/safetensors.js';

// Written by `fixtures/make-safetensors.py` with the reference implementation.
const REFERENCE = readFileSync(new URL('./fixtures/reference.safetensors', import.meta.url));

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.array(fc.nat(4), { maxLength: 3 }), fc.boolean(), fc.nat())
  .map(([shape, wide, seed]) => {
    const length = shape.reduce((product, n) => product * n, 1);
    const values = Array.from({ length }, (_, i) => Math.sin(seed + i));
    return { shape, values: wide ? Float64Array.from(values) : Float32Array.from(values) };
  });

describe('encodeSafetensors', () => {
  it('comes back the same from decodeSafetensors, whatever the shapes', () => {
    const name = fc.string().filter((text) => text !== '__metadata__' && text !== '__proto__');
    const content = fc.record({
      tensors: fc.dictionary(name, tensor, { maxKeys: 4, noNullPrototype: true }),
      metadata: fc.dictionary(name, fc.string(), { maxKeys: 3, noNullPrototype: true }),
    });
    fc.assert(
      fc.property(content, (written) => {
        expect(decodeSafetensors(encodeSafetensors(written))).toEqual(written);
      }),
    );
  });

  it('aligns every tensor to its numbers', () => {
    const bytes = encodeSafetensors({
      tensors: {
        a: { shape: [1], values: Float32Array.of(1) },
        b: { shape: [2], values: Float64Array.of(2, 3) },
      },
      metadata: {},
    });
    const dataStart = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(dataStart % 8).toBe(0);
    expect(new Float64Array(bytes.buffer, dataStart, 2)).toEqual(Float64Array.of(2, 3));
    expect(new Float32Array(bytes.buffer, dataStart + 16, 1)).toEqual(Float32Array.of(1));
  });

  it('does not depend on the order in which tensors are given', () => {
    const a: Tensor = { shape: [1], values: Float32Array.of(1) };
    const b: Tensor = { shape: [], values: Float64Array.of(2) };
    const bytes = encodeSafetensors({ tensors: { a, b }, metadata: {} });
    expect(encodeSafetensors({ tensors: { b, a }, metadata: {} })).toEqual(bytes);
  });
});

describe('decodeSafetensors', () => {
  it('reads what the reference implementation writes', () => {
    expect(decodeSafetensors(REFERENCE)).toEqual({
      tensors: {
        centroids: { shape: [2, 3], values: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5) },
        none: { shape: [0, 4], values: new Float32Array(0) },
        weights: { shape: [2], values: Float64Array.of(0.1, 1e300) },
      },
      metadata: { made: 'by the reference' },
    });
  });

  it.each([
    ['no file', new Uint8Array(0), /no safetensors file/],
    ['another format', new TextEncoder().encode('PAR1 is another format'), /no safetensors file/],
    ['a header that is too long', REFERENCE.subarray(0, 40), /cut off/],
    ['data that is cut off', REFERENCE.subarray(0, REFERENCE.length - 1), /cut off/],
    ['bytes that follow', Buffer.concat([REFERENCE, Buffer.of(1)]), /1 bytes follow/],
    ['a type that we do not read', withHeader('{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', 2), /BF16/],
    ['a hole', withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), /does not fit its place/],
    ['a wrong size', withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4), /does not fit its place/],
    ['no shape', withHeader('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4), /no shape or place/],
    ['no entry', withHeader('{"a":null}', 0), /no shape or place/],
    ['no JSON', withHeader('{"a"', 0), /its header is no JSON/],
    ['metadata that is no text', withHeader('{"__metadata__":{"a":1}}', 0), /not text by name/],
  ])('refuses %s', (_, bytes, text) => {
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'state' }));
    expect(() => decodeSafetensors(bytes)).toThrow(text);
  });
});

function withHeader(header: string, dataBytes: number): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}
