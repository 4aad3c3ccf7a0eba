import type { GateDecision, GateValues } from './gate.js';

/** Silhouettes of two groupings of the same windows in one space, that of the challenger's views. */
export interface CommonSilhouettes {
  readonly champion: number;
  readonly challenger: number;
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
  { champion, challenger }: CommonSilhouettes,
  isUnknown: boolean,
  objection?: string,
): GateDecision {
  const shown = `${challenger.toFixed(3)} against ${champion.toFixed(3)}`;
  if (objection !== undefined) return { promoted: false, reasons: [objection], values };
  const least = isUnknown ? LEAST_GAIN_UNKNOWN : LEAST_GAIN;
  if (!(challenger >= champion + least)) {
    return {
      promoted: false,
      reasons: [`${isUnknown ? 'a loss' : 'no gain'}: common silhouette ${shown}; at least ${least} is needed`],
      values,
    };
  }
  const why = challenger >= champion + LEAST_GAIN ? 'segments are further apart' : 'made for a behaviour that is new';
  return { promoted: true, reasons: [`${why}: common silhouette ${shown}`], values };
}
