/** Consecutive steps of a channel that differ from what was expected, on the whole in one direction. */
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

/** What a step must deviate by in the other direction to end a run: less is noise within it. */
const CONTRARY = 1;

/**
 * The run that deviates most, then the one that does among the other steps, and so on. None goes through a step that deviates
 * plainly the other way, or through one of another run, so that each is told by what was seen in it; changes `deviations`.
 */
export function findDeviatingRuns(deviations: Float64Array, steps: number, channels: number): DeviatingRun[] {
  const runs: DeviatingRun[] = [];
  const sums = new Float64Array(steps + 1);
  while (runs.length < MOST_RUNS) {
    const upward = findOneWay(deviations, { steps, channels, direction: 1 }, sums);
    const downward = findOneWay(deviations, { steps, channels, direction: -1 }, sums);
    const run = upward.deviation >= -downward.deviation ? upward : downward;
    if (runs.length > 0 && Math.abs(run.deviation) < LEAST_DEVIATION) break;
    runs.push(run);
    for (let step = run.first; step < run.end; step++) deviations[step * channels + run.channel] = TAKEN;
  }
  return runs;
}

const TAKEN = Number.NaN;

interface OneWay {
  readonly steps: number;
  readonly channels: number;
  /** 1 for more than expected, -1 for less. */
  readonly direction: 1 | -1;
}

function findOneWay(
  deviations: Float64Array,
  { steps, channels, direction }: OneWay,
  sums: Float64Array, // room for steps + 1
): DeviatingRun {
  let best: DeviatingRun = { channel: 0, first: 0, end: Math.min(1, steps), deviation: 0 };
  for (let channel = 0; channel < channels; channel++) {
    let open = 0;
    for (let step = 0; step < steps; step++) {
      const along = direction * deviations[step * channels + channel]!;
      const isEnd = Number.isNaN(along) || along < -CONTRARY;
      if (isEnd) open = step + 1;
      sums[step + 1] = sums[step]! + (isEnd ? 0 : along);
      for (let length = 1; length <= step + 1 - open; length = nextLength(length)) {
        const first = step + 1 - length;
        const deviation = (sums[step + 1]! - sums[first]!) / Math.sqrt(length);
        if (deviation > direction * best.deviation) {
          best = { channel, first, end: step + 1, deviation: direction * deviation };
        }
      }
    }
  }
  return best;
}

/** Halfway to the next power of two, or to it. */
function nextLength(length: number): number {
  const power = 2 ** Math.floor(Math.log2(length));
  return length === power && power > 1 ? power + power / 2 : power * 2;
}
