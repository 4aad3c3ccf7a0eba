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
 * every wave that the model learnt from: where days of the week differ, one of them was like it. What counts are the newest
 * waves without a break, so that one odd wave before them is none. Waves of fewer than 64 windows are passed over.
 *
 * @param fittedAt event time up to which the model was fitted, epoch ms
 * @returns undefined where nothing has changed, or waves are too small to tell
 */
export function changedInViews(viewed: ViewedSegments, fittedAt: number): ChangeInViews | undefined {
  const waves = toWaves(viewed).filter(({ windows }) => windows >= LEAST_WAVE);
  const known = waves.filter(({ end }) => end <= fittedAt);
  if (known.length === 0) return undefined;
  let found: ChangeInViews | undefined;
  for (const wave of waves.filter(({ end }) => end > fittedAt).toReversed()) {
    const shifts = known.map(({ moments }) => withinShift(moments, wave.moments));
    const isNew = shifts.every(({ value, significance }) => value >= LEAST_SHIFT && significance >= SIGNIFICANT);
    if (!isNew) break;
    found = { since: wave.start, shift: found?.shift ?? Math.min(...shifts.map(({ value }) => value)) };
  }
  return found;
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
