import type { WarpingTask } from './warping-engine.js';

/**
 * Squared distances of series from references by dynamic time warping, in plain typed arrays and single precision: each
 * difference, square and sum is rounded by itself, so that vectors of any width come to the same bits. Each pair depends on
 * itself alone, and is the same the other way round.
 */
export function warpPlainly({ steps, channels, band, series, references, squared }: WarpingTask): void {
  const cells = steps * channels;
  const count = references.length / cells;
  const costs = new Float32Array(steps + 1);
  for (let at = 0, row = 0; row < series.length; row += cells) {
    const own = series.subarray(row, row + cells);
    for (let j = 0; j < count; j++) {
      const theirs = references.subarray(j * cells, (j + 1) * cells);
      squared[at++] = warpPair(own, theirs, channels, band, costs);
    }
  }
}

/** Row by row of the table of costs, each in the place of the one before; what lies beyond ends and band is infinitely far. */
function warpPair(
  own: Float32Array,
  theirs: Float32Array,
  channels: number,
  band: number,
  costs: Float32Array, // (steps + 1)
): number {
  const steps = costs.length - 1;
  costs.fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < steps; i++) {
    const from = Math.max(0, i - band);
    const to = Math.min(steps, i + band + 1);
    let diagonal = i === 0 ? 0 : costs[from]!;
    let left = Number.POSITIVE_INFINITY;
    for (let j = from; j < to; j++) {
      const up = costs[j + 1]!;
      let way = up < diagonal ? up : diagonal;
      if (left < way) way = left;
      let cost = 0;
      for (let channel = 0; channel < channels; channel++) {
        const difference = Math.fround(own[i * channels + channel]! - theirs[j * channels + channel]!);
        cost = Math.fround(cost + Math.fround(difference * difference));
      }
      left = Math.fround(way + cost);
      costs[j + 1] = left;
      diagonal = up;
    }
  }
  return costs[steps]!;
}
