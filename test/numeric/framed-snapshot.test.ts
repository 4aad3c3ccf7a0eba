import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameSnapshot, unframeSnapshot } from '../../src/numeric/framed-snapshot.js';

const KIND = { name: 'lessons', format: 3 };
const VALUE = { text: 'größer', none: undefined, ends: Float64Array.of(1, Number.NaN), mask: Uint8Array.of(1, 2, 3) };
const FRAME = frameSnapshot(KIND, VALUE);
const STATE = expect.objectContaining({ name: 'SegtideError', code: 'state' });

describe('a framed snapshot', () => {
  it('comes back the same, from any offset of a larger buffer', () => {
    for (let offset = 0; offset < 9; offset++) {
      const larger = Buffer.concat([Buffer.alloc(offset), FRAME, Buffer.alloc(3)]);
      const at = larger.subarray(offset, offset + FRAME.length);
      expect(unframeSnapshot(KIND, new Uint8Array(at.buffer, at.byteOffset, at.length))).toEqual(VALUE);
    }
  });

  it('is refused where any bit of it is wrong, and where it is cut off', () => {
    const isRefused = (bytes: Uint8Array): boolean => {
      try {
        unframeSnapshot(KIND, bytes);
        return false;
      } catch (error) {
        expect(error).toEqual(STATE);
        return true;
      }
    };
    fc.assert(
      fc.property(fc.nat(FRAME.length * 8 - 1), (bit) => {
        // What is not used is not looked at.
        fc.pre(bit < 8 || bit >= 32);
        const bytes = Uint8Array.from(FRAME);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        return isRefused(bytes);
      }),
    );
    for (let length = 0; length < FRAME.length; length++) expect(isRefused(FRAME.subarray(0, length))).toBe(true);
  });

  it('says which format it has and which one is read', () => {
    expect(() => unframeSnapshot({ ...KIND, format: 2 }, FRAME)).toThrow(/lessons are of format 3.*reads format 2/);
  });

  it('is not mistaken for another kind', () => {
    expect(() => unframeSnapshot({ ...KIND, name: 'samples' }, FRAME)).toThrow(/samples.*one of lessons/);
  });
});
