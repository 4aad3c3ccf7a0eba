import type { GateDecision, GateValues } from './gate.js';

/** Two groupings of the same windows. */
export interface CommonGroupings {
  readonly champion: CommonGrouping;
  readonly challenger: CommonGrouping;
}

export interface CommonGrouping {
  /** In one space, that of the challenger's views. */
  readonly silhouette: number;
  /** Segments of equal size that would tell as many pairs of windows apart (Simpson). */
  readonly effectiveSegments: number;
}

/** Rise of the silhouette that is worth it that customers change segment by the model. */
const LEAST_GAIN = 0.01;

/**
 * The same where the champion has seen nothing of the behaviour: its borders were drawn through other windows, so that no gain
 * is asked for. Where new kinds of customers come, segments of before may lie as far apart as theirs and hold several of them
 * at once. What is plainly worse than borders drawn for others is no fit.
 */
const LEAST_GAIN_UNKNOWN = -0.05;

/**
 * Share of the challenger's effective segments below which the champion tells what is new not apart: all of it lies in the
 * segment that is least unlike it, and a few windows elsewhere have a silhouette that no grouping comes up to.
 */
const HEAP = 0.5;
/** Two segments as large as each other are a grouping, too. */
const MOST_OF_A_HEAP = 2;

/**
 * Decides whether a refit, or a model of a behaviour that the champion does not know, takes over: it groups the recent
 * windows better than the champion does, in one space. A refit has the champion's encoder, so that errors can not tell
 * them apart, and silhouettes in a space of its own would speak for whichever model had fewer windows. How many windows
 * change segment does not count: where behaviour has changed, they should.
 *
 * @param isUnknown whether the champion has learnt from no window of the behaviour
 * @param objection why the refit is not sound, whatever it achieves
 */
export function gateRefit(
  values: GateValues,
  { champion, challenger }: CommonGroupings,
  isUnknown: boolean,
  objection?: string,
): GateDecision {
  const shown = `${challenger.silhouette.toFixed(3)} against ${champion.silhouette.toFixed(3)}`;
  if (objection !== undefined) return { promoted: false, reasons: [objection], values };
  const isHeap = champion.effectiveSegments < Math.min(MOST_OF_A_HEAP, HEAP * challenger.effectiveSegments);
  if (isUnknown && isHeap && challenger.silhouette > 0) {
    const [few, many] = [champion, challenger].map(({ effectiveSegments }) => effectiveSegments.toFixed(1));
    return { promoted: true, reasons: [`what is new was one heap: ${many} effective segments against ${few}`], values };
  }
  const least = isUnknown ? LEAST_GAIN_UNKNOWN : LEAST_GAIN;
  if (!(challenger.silhouette >= champion.silhouette + least)) {
    return {
      promoted: false,
      reasons: [`${isUnknown ? 'a loss' : 'no gain'}: common silhouette ${shown}; at least ${least} is needed`],
      values,
    };
  }
  const isFurther = challenger.silhouette >= champion.silhouette + LEAST_GAIN;
  const why = isFurther ? 'segments are further apart' : 'made for a behaviour that is new';
  return { promoted: true, reasons: [`${why}: common silhouette ${shown}`], values };
}
