import { EXACT_DIGITS, POWERS_OF_TEN, toNumber } from './json-number.js';

/**
 * The number in a text of a format that has only text (CSV): decimal, with optional sign, fraction and exponent, as
 * `Number` reads it; `nan`, `inf` and `infinity` in any case are what they say.
 *
 * @returns undefined if the text is no number
 */
export function parseDecimal(text: Uint8Array, start: number, end: number): number | undefined {
  let p = start;
  while (p < end && isSpace(text[p]!)) p++;
  let stop = end;
  while (stop > p && isSpace(text[stop - 1]!)) stop--;
  const sign = text[p]!;
  const first = sign === MINUS || sign === PLUS ? p + 1 : p;
  let m = 0;
  let digits = 0;
  let decimals = 0;
  let q = first;
  for (; q < stop && isDigit(text[q]!); q++) m = m * 10 + (text[q]! & 15);
  digits = q - first;
  if (q < stop && text[q] === DOT) {
    const point = ++q;
    for (; q < stop && isDigit(text[q]!); q++) m = m * 10 + (text[q]! & 15);
    decimals = q - point;
    digits += decimals;
  }
  if (q === stop && digits > 0) {
    if (digits > EXACT_DIGITS) return toNumber(text, p, stop);
    if (decimals > 0) m /= POWERS_OF_TEN[decimals]!; // exact numerator and denominator: rounds once, as `Number` does
    return sign === MINUS ? -m : m;
  }
  return digits > 0 ? withExponent(text, p, q, stop) : toNonFinite(text, first, stop, sign === MINUS);
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x09;
}

function withExponent(text: Uint8Array, start: number, at: number, end: number): number | undefined {
  if ((text[at]! | 0x20) !== 0x65) return undefined;
  let p = at + 1;
  if (p < end && (text[p] === PLUS || text[p] === MINUS)) p++;
  if (p === end) return undefined;
  for (let q = p; q < end; q++) if (!isDigit(text[q]!)) return undefined;
  return toNumber(text, start, end);
}

function toNonFinite(text: Uint8Array, start: number, end: number, negative: boolean): number | undefined {
  if (end - start > 8) return undefined;
  const word = Buffer.from(text.buffer, text.byteOffset + start, end - start)
    .toString('latin1')
    .toLowerCase();
  if (word === 'nan') return NaN;
  if (word !== 'inf' && word !== 'infinity') return undefined;
  return negative ? -Infinity : Infinity;
}
