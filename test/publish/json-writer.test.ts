import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonWriter, type JsonWriter } from '../../src/publish/json-writer.js';
import { shortFloat } from '../../src/publish/short-float.js';

const json = createJsonWriter();
const written = (write: (json: JsonWriter) => void): string => {
  write(json);
  return Buffer.from(json.take()).toString();
};

describe('JSON writer', () => {
  it('writes numbers as JSON.stringify does', () => {
    const numbers = [
      0,
      -0,
      7,
      10,
      99,
      -1357000000000,
      2 ** 31,
      2 ** 30,
      2 ** 53 - 1,
      2 ** 53,
      1e21,
      0.1,
      Number.NaN,
      -Infinity,
    ];
    for (const value of numbers) expect(written((to) => to.number(value))).toBe(JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.double()), (value) => {
        expect(written((to) => to.number(value))).toBe(JSON.stringify(value));
      }),
      { numRuns: 5000 },
    );
  });

  it('writes a float32 as its shortest decimal', () => {
    for (const value of [0.5, -0.25, 0.1, 1.05, 100.001, 0.000123, 999_999.5, 1e-7, 3e30, Number.NaN]) {
      const float = Math.fround(value);
      expect(written((to) => to.float(float))).toBe(JSON.stringify(shortFloat(float)));
    }
    fc.assert(
      fc.property(
        fc.oneof(
          fc.float(),
          fc.float({ min: -10, max: 10 }),
          fc.float({ min: -Math.fround(1e7), max: Math.fround(1e7) }),
        ),
        (value) => {
          expect(written((to) => to.float(value))).toBe(JSON.stringify(shortFloat(value)));
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('escapes text as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(written((to) => to.string(text))).toBe(JSON.stringify(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('grows with what is written, and begins anew after it was taken', () => {
    const piece = Buffer.alloc(50_000, 'x');
    const long = written((to) => {
      for (let i = 0; i < 10; i++) to.raw(piece);
    });
    expect(long).toBe('x'.repeat(500_000));
    expect(written((to) => to.number(1))).toBe('1');
  });
});
