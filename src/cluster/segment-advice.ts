import { easeOff } from './ease-off.js';
import { type ActivityGround, isInactive } from './segment-name.js';
import type { Advice } from './segment-profile.js';

/** Part of the better rule's error that a model must save to be worth its cost. */
const WORTHWHILE_SKILL = 0.05;

/**
 * What a segment's customers ask for:
 *
 * - `inactive`: half of the members or more have no usage in their window, or all together a fiftieth of what is usual;
 * - `model`: in a back-test on the members, a model forecasts better than the mean and the seasonal naive by at least 5 %
 *   of the better one's error (RMSE), 4 % where the segment was advised so before;
 * - `rule`: it does not, and the better of the two is enough.
 *
 * That a model has to beat what costs nothing is forecast value added (Gilliland, *The Business Forecasting Deal*, 2010).
 *
 * @param former what was advised of the segment before, which stays while the figures lie near the border
 */
export function adviseSegment(ground: ActivityGround, former: Advice | undefined): Advice {
  if (ground.size === 0 || isInactive(ground, former === 'inactive')) return 'inactive';
  return ground.channel.forecastSkill >= easeOff(WORTHWHILE_SKILL, former === 'model') ? 'model' : 'rule';
}
