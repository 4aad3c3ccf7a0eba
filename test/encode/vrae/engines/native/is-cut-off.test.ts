import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isCutOff } from '../../../../../src/encode/vrae/engines/native/is-cut-off.js';

describe('isCutOff', () => {
  it.each([
    // Two entries of 64 bytes from 200 on.
    [328, false],
    [327, true],
    [64, true],
    [63, true],
    [6, true],
    // What does not begin as a library is for the loader to refuse.
    [5, false],
    [0, false],
  ])('tells of a library of 328 bytes, of which %d are there: %s', (length, cutOff) => {
    expect(isCutOff(library().subarray(0, length))).toBe(cutOff);
  });

  it('has no opinion of what is no such library', () => {
    expect(isCutOff(readFileSync(import.meta.filename))).toBe(false);
  });
});

function library(): Uint8Array {
  const bytes = new Uint8Array(328);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x28, 200n, true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 2, true);
  return bytes;
}
