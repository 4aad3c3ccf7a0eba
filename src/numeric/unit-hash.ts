/**
 * A number in (0, 1) that depends on a text and two numbers alone: a draw that every part of a system makes alike,
 * in whatever order it comes to the text. Two rounds of the murmur3 mixing give 52 bits.
 */
export function unitHash(text: string, salt: number, seed: number): number {
  let a = seed | 0;
  let b = ~seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x5bd1e995) ^ (b >>> 15);
  }
  // Salts are event times: both halves of the number count.
  const low = salt | 0;
  const high = Math.floor(salt / 0x100000000) | 0;
  a = mix(a ^ low ^ Math.imul(high, 0x9e3779b1));
  b = mix(b ^ Math.imul(low, 0x85ebca77) ^ high ^ a);
  return ((a >>> 6) * 0x4000000 + (b >>> 6) + 0.5) / 0x10000000000000;
}

function mix(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
