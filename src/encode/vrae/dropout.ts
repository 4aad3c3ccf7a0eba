import type { FloatArray } from './recurrent-engine.js';

/**
 * Drops a share of values and scales the rest so that their sum is kept on average (Srivastava et al., 2014), in place.
 *
 * What is dropped depends on the seed alone: applied to the gradients with the same seed, it is its own way back, and
 * no mask is kept.
 *
 * @param values (rows, width), of which the first `used` columns take part
 * @param seed of the update
 * @param site tells the places within one update apart
 */
export function applyDropout(
  values: FloatArray,
  rows: number,
  width: number,
  used: number,
  rate: number,
  seed: number,
  site: number,
): void {
  if (rate === 0) return;
  const limit = rate * 2 ** 32;
  const scale = 1 / (1 - rate);
  let state = dropoutState(seed, site);
  for (let row = 0; row < rows; row++) {
    for (let i = row * width; i < row * width + used; i++) {
      // Marsaglia's xorshift (2003).
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      values[i]! *= state >>> 0 < limit ? 0 : scale;
    }
  }
}

/** What the generator of a place begins with. */
export function dropoutState(seed: number, site: number): number {
  return mix(Math.imul(seed, 0x9e3779b9) + site);
}

/** Neighbouring seeds to far apart ones, never zero (the finaliser of MurmurHash3). */
function mix(seed: number): number {
  let x = seed | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  x ^= x >>> 16;
  return x === 0 ? 1 : x;
}
