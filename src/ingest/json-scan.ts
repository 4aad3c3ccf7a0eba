/** `skipJsonValue` of a value that is not JSON. */
export const NOT_JSON = -1;

/**
 * Steps over one JSON value (RFC 8259) and checks all of its grammar.
 *
 * Iterative, so depth costs no stack: one bit a level. A line feed is no white space here, since it ends a record.
 * UTF-8 is checked elsewhere.
 *
 * @param at the value's first byte
 * @param nonFinite takes `NaN`, `Infinity` and `-Infinity` for values, as several writers emit them
 * @returns where the value ends, or `NOT_JSON`
 */
export function skipJsonValue(bytes: Uint8Array, at: number, end: number, nonFinite = false): number {
  let open = NO_BRACKETS; // the opening bracket of each level
  let depth = 0;
  let p = at;
  for (;;) {
    // At a value.
    p = skipJsonSpace(bytes, p, end);
    if (p >= end) return NOT_JSON;
    const c = bytes[p]!;
    if (c === OPEN_BRACE || c === OPEN_BRACKET) {
      const inner = skipJsonSpace(bytes, p + 1, end);
      if (inner < end && bytes[inner] === c + 2)
        p = inner + 1; // empty: a closing bracket is its opening one + 2
      else {
        if (depth === open.length) open = grow(open);
        open[depth++] = c;
        p = c === OPEN_BRACE ? skipKey(bytes, inner, end) : inner;
        if (p === NOT_JSON) return NOT_JSON;
        continue;
      }
    } else if (c === QUOTE) p = skipJsonString(bytes, p, end);
    else if (c === MINUS || (c >= ZERO && c <= NINE)) {
      p =
        c === MINUS && nonFinite && bytes[p + 1] === 0x49
          ? skipWord(bytes, p + 1, end, true)
          : skipJsonNumber(bytes, p, end);
    } else p = skipWord(bytes, p, end, nonFinite);
    if (p === NOT_JSON) return NOT_JSON;

    // After a value: close what ends here, then go on to the next member.
    for (;;) {
      if (depth === 0) return p;
      p = skipJsonSpace(bytes, p, end);
      if (p >= end) return NOT_JSON;
      const kind = open[depth - 1]!;
      const next = bytes[p++]!;
      if (next === COMMA) {
        if (kind === OPEN_BRACE) {
          p = skipKey(bytes, skipJsonSpace(bytes, p, end), end);
          if (p === NOT_JSON) return NOT_JSON;
        }
        break;
      }
      if (next !== kind + 2) return NOT_JSON;
      depth--;
    }
  }
}

/** Skips space, tab and carriage return. */
export function skipJsonSpace(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && (bytes[p] === 0x20 || bytes[p] === 0x09 || bytes[p] === 0x0d)) p++;
  return p;
}

/** Steps over a string that begins with the quote at `at`; returns the position after the closing quote, or `NOT_JSON`. */
export function skipJsonString(bytes: Uint8Array, at: number, end: number): number {
  for (let p = at + 1; p < end; p++) {
    const c = bytes[p]!;
    if (c === QUOTE) return p + 1;
    if (c < 0x20) return NOT_JSON;
    if (c !== BACKSLASH) continue;
    const escaped = p + 1 < end ? bytes[++p]! : 0;
    if (escaped === 0x75) {
      if (p + 4 >= end) return NOT_JSON;
      for (let k = 0; k < 4; k++) if (!isHex(bytes[++p]!)) return NOT_JSON;
    } else if (!isSimpleEscape(escaped)) return NOT_JSON;
  }
  return NOT_JSON;
}

/** Steps over a number; returns the position after it, or `NOT_JSON`. */
export function skipJsonNumber(bytes: Uint8Array, at: number, end: number): number {
  let p = bytes[at] === MINUS ? at + 1 : at;
  p = p < end && bytes[p] === ZERO ? p + 1 : skipDigits(bytes, p, end);
  if (p !== NOT_JSON && p < end && bytes[p] === 0x2e) p = skipDigits(bytes, p + 1, end);
  if (p === NOT_JSON) return NOT_JSON;
  if (p < end && (bytes[p]! | 0x20) === 0x65) {
    p++;
    if (p < end && (bytes[p] === 0x2b || bytes[p] === MINUS)) p++;
    p = skipDigits(bytes, p, end);
  }
  return p;
}

/** Steps over `true`, `false` or `null`; returns the position after it, or `NOT_JSON`. */
export function skipJsonWord(bytes: Uint8Array, at: number, end: number): number {
  return skipWord(bytes, at, end, false);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

const NO_BRACKETS = new Uint8Array(0);

function grow(open: Uint8Array): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(Math.max(16, open.length * 2));
  grown.set(open);
  return grown;
}

/** Steps over `"key" :` and returns where the value may begin. */
function skipKey(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || bytes[at] !== QUOTE) return NOT_JSON;
  let p = skipJsonString(bytes, at, end);
  if (p === NOT_JSON) return NOT_JSON;
  p = skipJsonSpace(bytes, p, end);
  return p < end && bytes[p] === COLON ? p + 1 : NOT_JSON;
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && bytes[p]! >= ZERO && bytes[p]! <= NINE) p++;
  return p === at ? NOT_JSON : p;
}

const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const NON_FINITE_WORDS = [...WORDS, Buffer.from('NaN'), Buffer.from('Infinity')];

function skipWord(bytes: Uint8Array, at: number, end: number, nonFinite: boolean): number {
  for (const word of nonFinite ? NON_FINITE_WORDS : WORDS) {
    if (at + word.length > end) continue;
    let k = 0;
    while (k < word.length && bytes[at + k] === word[k]) k++;
    if (k === word.length) return at + k;
  }
  return NOT_JSON;
}

function isHex(c: number): boolean {
  return (c >= ZERO && c <= NINE) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
}

function isSimpleEscape(c: number): boolean {
  // One of " \ / b f n r t
  return (
    c === QUOTE || c === BACKSLASH || c === 0x2f || c === 0x62 || c === 0x66 || c === 0x6e || c === 0x72 || c === 0x74
  );
}
