/** A seeded random source whose whole state is plain data, so that a snapshot can carry it. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  /** Standard normal. */
  normal(): number;
  snapshot(): RandomState;
}

export type RandomState = readonly [number, number, number, number];

/**
 * Creates a seeded random source (xoshiro128**, Blackman & Vigna 2018; seeded by splitmix32).
 *
 * @param seed any integer, or the state taken from `snapshot()`
 */
export function createRandom(seed: number | RandomState): Random {
  let [a, b, c, d] = typeof seed === 'number' ? spread(seed) : seed;
  const bits = (): number => {
    const x = Math.imul(b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const next = (): number => (bits() * 0x200000 + (bits() >>> 11)) / 0x20000000000000;
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    // Box-Muller without the cached second value: the state stays four integers.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    snapshot: () => [a, b, c, d],
  };
}

function spread(seed: number): [number, number, number, number] {
  let s = seed | 0;
  const word = (): number => {
    s = (s + 0x9e3779b9) | 0;
    let z = s ^ (s >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = z ^ (z >>> 15);
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
  return [word(), word(), word(), word() | 1];
}
