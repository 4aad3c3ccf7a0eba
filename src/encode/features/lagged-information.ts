import type { EvenBins } from './even-bins.js';

const LAG = 2;

/**
 * Mutual information, in nats, of the binned series with itself two steps later, less its bias in small samples
 * (Miller, 1955): `CO_HistogramAMI_even_5bin_ami2`. Undefined below 3 steps.
 */
export function createLaggedInformation(steps: number, bins: number): (binned: EvenBins) => number {
  const joint = new Int32Array(bins * bins);
  const first = new Int32Array(bins);
  const second = new Int32Array(bins);
  const pairs = steps - LAG;

  return ({ labels }) => {
    if (pairs < 1) return Number.NaN;
    joint.fill(0);
    first.fill(0);
    second.fill(0);
    for (let i = 0; i < pairs; i++) {
      const a = labels[i]!;
      const b = labels[i + LAG]!;
      joint[a * bins + b]!++;
      first[a]!++;
      second[b]!++;
    }
    let information = 0;
    let cells = -1;
    for (let a = 0; a < bins; a++) {
      if (first[a]! > 0) cells++;
      if (second[a]! > 0) cells++;
      for (let b = 0; b < bins; b++) {
        const count = joint[a * bins + b]!;
        if (count === 0) continue;
        information += (count / pairs) * Math.log((count * pairs) / (first[a]! * second[b]!));
        cells--;
      }
    }
    return information + cells / (2 * pairs);
  };
}
