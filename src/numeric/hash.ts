/** FNV-1a of `bytes[start, end)`, finished by a shift so that the low bits are usable as a table index. 32-bit signed. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = HASH_SEED;
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, HASH_PRIME);
  return h ^ (h >>> 15);
}

/** Initial value of the running hash, for loops that hash while they copy. */
export const HASH_SEED = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;

/**
 * Writes a 128-bit hash of `bytes[start, end)` into `out[at, at + 4)`, for ids where a collision would lose an event:
 * among 10^12 ids one is less likely than 1 in 10^14. MurmurHash3 x86_128 with seed 0 (Appleby, 2011).
 */
export function hashBytes128(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let p = start;
  for (; p + 16 <= end; p += 16) {
    h1 = (Math.imul(rotate(h1 ^ mix1(word(bytes, p, 4)), 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 = (Math.imul(rotate(h2 ^ mix2(word(bytes, p + 4, 4)), 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 = (Math.imul(rotate(h3 ^ mix3(word(bytes, p + 8, 4)), 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 = (Math.imul(rotate(h4 ^ mix4(word(bytes, p + 12, 4)), 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const tail = end - p;
  if (tail > 12) h4 ^= mix4(word(bytes, p + 12, tail - 12));
  if (tail > 8) h3 ^= mix3(word(bytes, p + 8, Math.min(4, tail - 8)));
  if (tail > 4) h2 ^= mix2(word(bytes, p + 4, Math.min(4, tail - 4)));
  if (tail > 0) h1 ^= mix1(word(bytes, p, Math.min(4, tail)));

  const length = end - start;
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h3 = avalanche(h3);
  h4 = avalanche(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[at] = h1;
  out[at + 1] = h2 + h1;
  out[at + 2] = h3 + h1;
  out[at + 3] = h4 + h1;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const mix1 = (k: number): number => Math.imul(rotate(Math.imul(k, C1), 15), C2);
const mix2 = (k: number): number => Math.imul(rotate(Math.imul(k, C2), 16), C3);
const mix3 = (k: number): number => Math.imul(rotate(Math.imul(k, C3), 17), C4);
const mix4 = (k: number): number => Math.imul(rotate(Math.imul(k, C4), 18), C1);

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Up to four bytes, little-endian. */
function word(bytes: Uint8Array, at: number, length: number): number {
  let w = 0;
  for (let i = 0; i < length; i++) w |= bytes[at + i]! << (8 * i);
  return w;
}

function avalanche(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}
