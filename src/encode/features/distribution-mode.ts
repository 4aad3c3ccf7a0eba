import type { EvenBins } from './even-bins.js';

/** Middle of the fullest bin, or the mean of the middles where several are: `DN_HistogramMode`. In standard deviations. */
export function distributionMode({ counts, centre }: EvenBins): number {
  let most = 0;
  let sum = 0;
  let bins = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin]!;
    if (count < most) continue;
    if (count > most) {
      most = count;
      sum = 0;
      bins = 0;
    }
    sum += centre(bin);
    bins++;
  }
  return sum / bins;
}
