import type { ScoredSeries } from './scored-series.js';

/** A change beyond this counts as one, in standard deviations of the series. */
const NOTABLE = 0.04;

/** Share of changes from step to step of more than 0.04 standard deviations: `MD_pNN_pnn40` (Mietus et al., 2002). */
export function notableChanges({ values, steps }: ScoredSeries): number {
  let notable = 0;
  for (let i = 1; i < steps; i++) {
    if (Math.abs(values[i]! - values[i - 1]!) > NOTABLE) notable++;
  }
  return notable / (steps - 1);
}

/** Mean cube of the changes from step to step, in cubed standard deviations: `CO_trev_1_num`. 0 for what is alike backwards. */
export function irreversibility({ values, steps }: ScoredSeries): number {
  let sum = 0;
  for (let i = 1; i < steps; i++) {
    const change = values[i]! - values[i - 1]!;
    sum += change * change * change;
  }
  return sum / (steps - 1);
}

/** Most steps in a row above the mean: `SB_BinaryStats_mean_longstretch1`. */
export function longestAboveMean({ values, steps }: ScoredSeries): number {
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += values[i]!;
  const mean = sum / steps; // zero but for rounding, which decides about steps that equal the mean
  let longest = 0;
  let run = 0;
  for (let i = 0; i < steps; i++) {
    run = values[i]! > mean ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}

/** Most changes in a row that are not rises: `SB_BinaryStats_diff_longstretch0`. */
export function longestFall({ values, steps }: ScoredSeries): number {
  let longest = 0;
  let run = 0;
  for (let i = 1; i < steps; i++) {
    run = values[i]! <= values[i - 1]! ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}
