import type { Random } from '../numeric/random.js';

/** Draws indices in proportion to weights, each in constant time (alias method: Walker 1977; built as by Vose, 1991). */
export interface WeightedChoice {
  /** Sum of the weights. */
  readonly total: number;
  draw(random: Random): number;
}

/** @param weights not negative; at least one above 0 when `draw` is called */
export function createWeightedChoice(weights: Float64Array): WeightedChoice {
  const count = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const keep = new Float64Array(count);
  const alias = new Uint32Array(count);
  const pending = new Uint32Array(count); // those below the mean from the left, those above it from the right
  let below = 0;
  let above = count;
  for (let i = 0; i < count; i++) {
    keep[i] = (weights[i]! * count) / total;
    if (keep[i]! < 1) pending[below++] = i;
    else pending[--above] = i;
  }
  while (below > 0 && above < count) {
    const small = pending[--below]!;
    const large = pending[above]!;
    alias[small] = large;
    keep[large]! -= 1 - keep[small]!;
    if (keep[large]! >= 1) continue;
    above++;
    pending[below++] = large;
  }
  // What is left on either side is 1 but for rounding.
  while (below > 0) keep[pending[--below]!] = 1;
  while (above < count) keep[pending[above++]!] = 1;
  return {
    total,
    draw: (random) => {
      const place = random.next() * count;
      const index = Math.floor(place);
      return place - index < keep[index]! ? index : alias[index]!;
    },
  };
}
