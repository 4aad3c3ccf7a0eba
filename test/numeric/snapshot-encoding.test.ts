import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aligned, decodeSnapshot, encodeSnapshot, type SnapshotValue } from '../../src/numeric/snapshot-encoding.js';

function roundTrip(value: SnapshotValue): SnapshotValue {
  const { text, pages, pagesSize } = encodeSnapshot(value);
  const bytes = new Uint8Array(pagesSize);
  let at = 0;
  for (const page of pages) {
    bytes.set(page, at);
    at += aligned(page.length);
  }
  expect(at).toBe(pagesSize);
  return decodeSnapshot(text, bytes);
}

describe('encodeSnapshot and decodeSnapshot', () => {
  it('give back any plain value with typed arrays in it', () => {
    const array = fc.oneof(
      fc.float64Array(),
      fc.float32Array(),
      fc.int32Array(),
      fc.uint32Array(),
      fc.int16Array(),
      fc.uint16Array(),
      fc.int8Array(),
      fc.uint8Array(),
      fc.uint8ClampedArray(),
      fc.bigInt64Array(),
    );
    const { tree } = fc.letrec<{ tree: SnapshotValue }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(
          fc.double(),
          fc.string({ unit: 'binary' }),
          fc.boolean(),
          fc.constantFrom(null, undefined, -0),
          array as fc.Arbitrary<SnapshotValue>,
        ),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', 'value')), tie('tree'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(roundTrip(value)).toStrictEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('give back numbers that JSON has no word for, bit for bit', () => {
    expect(roundTrip([NaN, Infinity, -Infinity, -0, 5e-324])).toStrictEqual([NaN, Infinity, -Infinity, -0, 5e-324]);
    expect(roundTrip(new Float64Array([NaN, -0]))).toStrictEqual(new Float64Array([NaN, -0]));
  });

  it('keep only the part of a buffer that a view shows, and give it a buffer of its own', () => {
    const view = new Float32Array(new SharedArrayBuffer(64), 8, 3).fill(1.5);
    const back = roundTrip({ view }) as { view: Float32Array };
    expect(back.view).toEqual(new Float32Array([1.5, 1.5, 1.5]));
    expect(back.view.buffer.byteLength).toBe(12);
  });

  it('refuse what they cannot give back, and name its place', () => {
    for (const bad of [new Map(), new Date(0), 1n, () => 1, Symbol('s'), new (class Thing {})()]) {
      expect(() => encodeSnapshot({ a: [bad as never] })).toThrow(/snapshot\.a\[0\] is a /);
    }
    expect(() => encodeSnapshot(new DataView(new ArrayBuffer(1)) as never)).toThrow(/DataView/);
  });

  it('refuse a reference to bytes that are not there', () => {
    const { text } = encodeSnapshot(new Uint8Array(9));
    expect(() => decodeSnapshot(text, new Uint8Array(8))).toThrow(/not there/);
  });
});
