/** FNV-1a of `bytes[start, end)`, finished by a shift so that the low bits are usable as a table index. 32-bit signed. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = HASH_SEED;
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, HASH_PRIME);
  return h ^ (h >>> 15);
}

/** Initial value of the running hash, for loops that hash while they copy. */
export const HASH_SEED = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;
