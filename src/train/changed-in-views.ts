import { LEAST_SHIFT, SIGNIFICANT } from '../drift/significant-shift.js';
import { type MomentsOfSegments, withinShift } from '../drift/within-shift.js';

/** Windows as views see them, by the segments of the model in force. */
export interface ViewedSegments {
  readonly k: number;
  readonly size: number;
  readonly values: Float32Array; // (rows, size)
  /** `NO_CENTROID` where a window has none. */
  readonly membership: Uint16Array; // (rows)
  readonly starts: Float64Array; // (rows)
  readonly ends: Float64Array; // (rows)
}

/** Behaviour that the model in force learnt nothing of. */
export interface ChangeInViews {
  /** Start of the first windows of it, epoch ms. */
  readonly since: number;
  /** Of the newest wave from the likest known one, in spreads within segments. */
  readonly shift: number;
}

/** Windows of a wave below which it is not told from others: chance moves its means too far. */
const LEAST_WAVE = 64;

interface Wave {
  start: number;
  readonly end: number;
  windows: number;
  readonly moments: MomentsOfSegments;
}

/**
 * Tells since when windows lie elsewhere than any that a model has learnt from. Segments and the map that they rest on
 * can not: a map puts every window among the landmarks that it knows, also one of a kind that came up since, and a mean
 * about a centroid hardly moves. The views that the map is made from have room for what is new.
 *
 * A wave has changed where the shift within segments (`withinShift`), measured in the views, is significant against
 * every wave that is known: where days of the week differ, one of them was like it. Known are the waves that the model
 * learnt from and, until these and what followed cover a whole cycle of usage, what followed: the first weekend after a
 * model of weekdays is no change. What counts are the newest waves without a break, so that one odd wave before them is
 * none. Waves of fewer than 64 windows are passed over.
 *
 * @param fittedAt event time up to which the model was fitted, epoch ms
 * @param cycleMs event time after which usage repeats, ms
 * @returns undefined where nothing has changed, no whole cycle has been seen, or waves are too small to tell
 */
export function changedInViews(viewed: ViewedSegments, fittedAt: number, cycleMs: number): ChangeInViews | undefined {
  const waves = toWaves(viewed).filter(({ windows }) => windows >= LEAST_WAVE);
  const known = waves.filter(({ end }) => end <= fittedAt);
  if (known.length === 0) return undefined;
  const usual = [...known];
  let found: ChangeInViews | undefined;
  for (const wave of waves.filter(({ end }) => end > fittedAt)) {
    const isCycleKnown = coverageOf(usual) >= cycleMs;
    if (!isCycleKnown) known.push(wave);
    const shift = isCycleKnown ? leastShift(known, wave) : 0;
    if (shift < LEAST_SHIFT) usual.push(wave);
    found = shift < LEAST_SHIFT ? undefined : { since: found?.since ?? wave.start, shift };
  }
  return found;
}

/** From the likest of the known waves, in spreads within segments; 0 where chance explains it. */
function leastShift(known: readonly Wave[], wave: Wave): number {
  const shifts = known.map(({ moments }) => withinShift(moments, wave.moments));
  return Math.min(...shifts.map(({ value, significance }) => (significance < SIGNIFICANT ? 0 : value)));
}

/** Event time in which any of the waves lie, in ms; the earliest end comes first. */
function coverageOf(waves: readonly Pick<Wave, 'start' | 'end'>[]): number {
  let covered = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of waves) {
    covered += end - Math.max(start, until);
    until = end;
  }
  return covered;
}

/** Windows that end together, the earliest first. */
function toWaves({ k, size, values, membership, starts, ends }: ViewedSegments): readonly Wave[] {
  const waves = new Map<number, Wave>();
  for (const [row, segment] of membership.entries()) {
    if (segment >= k) continue;
    const end = ends[row]!;
    const wave = waves.get(end) ?? { start: starts[row]!, end, windows: 0, moments: emptyMoments(k, size) };
    waves.set(end, wave);
    wave.start = Math.min(wave.start, starts[row]!);
    wave.windows++;
    const { weights, sums, sumSquares } = wave.moments;
    weights[segment]! += 1;
    for (let m = 0, at = segment * size; m < size; m++, at++) {
      const value = values[row * size + m]!;
      sums[at]! += value;
      sumSquares[at]! += value * value;
    }
  }
  return [...waves.values()].sort((a, b) => a.end - b.end);
}

function emptyMoments(k: number, size: number): MomentsOfSegments {
  return {
    ...{ k, size, weights: new Float64Array(k) },
    ...{ sums: new Float64Array(k * size), sumSquares: new Float64Array(k * size) },
  };
}
