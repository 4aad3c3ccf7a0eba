import type { Random } from '../numeric/random.js';

/** Gamma distributed with the given shape and scale 1 (Marsaglia & Tsang, 2000; shape 2 as a sum of exponentials). */
export function drawGamma(random: Random, shape: number): number {
  if (shape === 2) return -Math.log((1 - random.next()) * (1 - random.next()));
  if (shape < 1) return drawGamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
