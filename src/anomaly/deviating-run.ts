/** Consecutive steps of a channel that differ from what was expected, all in one direction. */
export interface DeviatingRun {
  readonly channel: number;
  /** Steps [first, end). */
  readonly first: number;
  readonly end: number;
  /**
   * Sum of the steps' deviations over the root of their number: as many standard deviations as one step would need to be
   * as unlikely. Negative where less was seen than expected.
   */
  readonly deviation: number;
}

/**
 * Finds the run that deviates most: of all starts and of lengths 1, 2, 3, 4, 6, 8, 12 and so on.
 *
 * @param deviations (steps, channels), in standard deviations; 0 where nothing is known
 * @param sums room for steps + 1 numbers
 */
export function findDeviatingRun(
  deviations: Float64Array,
  steps: number,
  channels: number,
  sums = new Float64Array(steps + 1),
): DeviatingRun {
  let best: DeviatingRun = { channel: 0, first: 0, end: Math.min(1, steps), deviation: 0 };
  for (let channel = 0; channel < channels; channel++) {
    for (let step = 0, at = channel; step < steps; step++, at += channels)
      sums[step + 1] = sums[step]! + deviations[at]!;
    for (let length = 1; length <= steps; length = nextLength(length)) {
      const root = Math.sqrt(length);
      for (let end = length; end <= steps; end++) {
        const deviation = (sums[end]! - sums[end - length]!) / root;
        if (Math.abs(deviation) > Math.abs(best.deviation)) best = { channel, first: end - length, end, deviation };
      }
    }
  }
  return best;
}

/** Runs that a window's deviations are told by, at most, and what one must deviate by to be told. */
const MOST_RUNS = 3;
const LEAST_DEVIATION = 3;

/** The run that deviates most, then the one that does among the other steps, and so on; changes `deviations`. */
export function findDeviatingRuns(deviations: Float64Array, steps: number, channels: number): DeviatingRun[] {
  const runs: DeviatingRun[] = [];
  while (runs.length < MOST_RUNS) {
    const run = findDeviatingRun(deviations, steps, channels);
    if (runs.length > 0 && Math.abs(run.deviation) < LEAST_DEVIATION) break;
    runs.push(run);
    for (let step = run.first; step < run.end; step++) deviations[step * channels + run.channel] = 0;
  }
  return runs;
}

/** Halfway to the next power of two, or to it. */
function nextLength(length: number): number {
  const power = 2 ** Math.floor(Math.log2(length));
  return length === power && power > 1 ? power + power / 2 : power * 2;
}
