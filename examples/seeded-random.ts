/** Random numbers that are the same for a seed, so that what an example prints can be compared. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Of mean 0 and deviation 1. */
  normal(): number;
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
}

export function createRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const uniform = () => {
    // Mulberry32, by Tommy Ettinger (public domain).
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(uniform() * n),
  };
}
