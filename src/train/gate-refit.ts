import type { GateDecision, GateValues } from './gate.js';

/** Silhouettes of two groupings of the same windows in one space, that of the challenger's views. */
export interface CommonSilhouettes {
  readonly champion: number;
  readonly challenger: number;
}

/** Rise of the silhouette that is worth it that customers change segment by the model. */
const LEAST_GAIN = 0.01;

/**
 * Decides whether a refit, or a model of a behaviour that the champion does not know, takes over: it groups the recent
 * windows better than the champion does, in one space. A refit has the champion's encoder, so that errors can not tell
 * them apart, and silhouettes in a space of its own would speak for whichever model had fewer windows. How many windows
 * change segment does not count: where behaviour has changed, they should.
 *
 * @param objection why the refit is not sound, whatever it achieves
 */
export function gateRefit(
  values: GateValues,
  { champion, challenger }: CommonSilhouettes,
  objection?: string,
): GateDecision {
  const shown = `${challenger.toFixed(3)} against ${champion.toFixed(3)}`;
  if (objection !== undefined) return { promoted: false, reasons: [objection], values };
  if (!(challenger >= champion + LEAST_GAIN)) {
    return {
      promoted: false,
      reasons: [`no gain: common silhouette ${shown}; at least ${LEAST_GAIN} is needed`],
      values,
    };
  }
  return { promoted: true, reasons: [`segments are further apart: common silhouette ${shown}`], values };
}
