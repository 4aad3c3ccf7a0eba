import { describe, expect, it } from 'vitest';

import { hashBytes, hashBytes128 } from '../../src/numeric/hash.js';

const hex = (text: string): string => {
  const bytes = Buffer.from(`..${text}..`);
  const out = new Uint32Array(6);
  hashBytes128(bytes, 2, bytes.length - 2, out, 1);
  expect([out[0], out[5]]).toEqual([0, 0]);
  return [...out.subarray(1, 5)].map((word) => word.toString(16).padStart(8, '0')).join('');
};

describe('hash', () => {
  it('is FNV-1a with its halves folded', () => {
    // FNV-1a of "a" is e40c292c, and e40c292c ^ (e40c292c >>> 15) is e40de134.
    expect(hashBytes(Buffer.from('xay'), 1, 2)).toBe(0xe40de134 | 0);
    expect(hashBytes(Buffer.from(''), 0, 0)).toBe((0x811c9dc5 ^ (0x811c9dc5 >>> 15)) | 0);
  });

  it('is MurmurHash3 x86_128', () => {
    // From an implementation in Python that gives SMHasher's verification value, b3ece62a.
    expect(hex('')).toBe('00000000000000000000000000000000');
    expect(hex('a')).toBe('a794933c5556b01b5556b01b5556b01b');
    expect(hex('Hello, world!')).toBe('26acdba7f0638dfc402b42630afdd4c3');
    expect(hex('0123456789abcdef')).toBe('fb7d440936aed30a48ad1d9b572b3bfd');
    expect(hex('018f3c5e-7b1a-7c3d-9e2f-5a6b7c8d9e0f')).toBe('c00adb003a9a0702202aeb9b0f22229a');
  });

  it('depends on every byte at every length', () => {
    const seen = new Set<string>();
    for (let length = 0; length < 40; length++) {
      const text = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP'.slice(0, length);
      seen.add(hex(text));
      for (let i = 0; i < length; i++) seen.add(hex(`${text.slice(0, i)}#${text.slice(i + 1)}`));
    }
    expect(seen.size).toBe(40 + (39 * 40) / 2);
  });
});
