import { NOT_JSON, skipJsonNumber } from './json-scan.js';

/**
 * Reads the JSON number that begins at `at` into `numbers[slot]`, exactly as `Number` reads its text.
 *
 * @param bytes anything but a number's own bytes ends it, so something must follow
 * @returns where the number ends, or `NOT_JSON`
 */
export function readJsonNumber(bytes: Uint8Array, at: number, numbers: Float64Array, slot: number): number {
  const negative = bytes[at] === MINUS;
  const first = negative ? at + 1 : at;
  let p = first;
  let c = bytes[p]! ^ ZERO; // a digit, or more than 9
  if (c > 9) return NOT_JSON;
  // Digits gather in an integer, nine at a time, and are carried over into a double.
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  if (c === 0) {
    c = bytes[++p]! ^ ZERO;
    if (c <= 9) return NOT_JSON;
  }
  while (c <= 9) {
    low = (Math.imul(low, 10) + c) | 0;
    if (++lowDigits === 9) {
      high = high * 1e9 + low;
      low = 0;
      lowDigits = 0;
    }
    c = bytes[++p]! ^ ZERO;
  }
  let digits = p - first;
  let decimals = 0;
  if (c === (DOT ^ ZERO)) {
    const point = p;
    c = bytes[++p]! ^ ZERO;
    while (c <= 9) {
      low = (Math.imul(low, 10) + c) | 0;
      if (++lowDigits === 9) {
        high = high * 1e9 + low;
        low = 0;
        lowDigits = 0;
      }
      c = bytes[++p]! ^ ZERO;
    }
    decimals = p - point - 1;
    if (decimals === 0) return NOT_JSON;
    digits += decimals;
  }
  if (((c ^ ZERO) | 0x20) === LETTER_E) {
    p = skipJsonNumber(bytes, at, bytes.length);
    if (p === NOT_JSON) return NOT_JSON;
  } else if (digits <= EXACT_DIGITS) {
    // Both are exact doubles, so the one division rounds once, as `Number` does.
    const m = (high * POWERS_OF_TEN[lowDigits]! + low) / POWERS_OF_TEN[decimals]!;
    numbers[slot] = negative ? -m : m;
    return p;
  }
  numbers[slot] = toNumber(bytes, at, p);
  return p;
}

/** The number written in `text[start, end)`; its syntax was checked. */
export function toNumber(text: Uint8Array, start: number, end: number): number {
  return Number(Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1'));
}

/** Digits that every double holds. */
export const EXACT_DIGITS = 15;
export const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const LETTER_E = 0x65;
