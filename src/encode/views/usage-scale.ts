import type { FittedScale } from '../../series/fitted-scale.js';
import type { SeriesSettings } from '../../series/series-settings.js';

/** What takes prepared values back to usage: v stands for `inverse(v * scale + center)`. Plain data. */
export interface UsageScale extends FittedScale {
  /** Whether `inverse` undoes log1p; the identity otherwise. */
  readonly log: boolean;
}

/**
 * What takes windows back to usage that were prepared by these settings.
 *
 * @param scale what the model has fitted; needed by `scope: global`
 * @returns undefined where each window was scaled by itself: its usage is not in its values
 */
export function toUsageScale(settings: SeriesSettings, scale: FittedScale | undefined): UsageScale | undefined {
  const { channels, transform } = settings;
  const log = transform === 'log1p';
  if (settings.scale === 'none') return { centers: Array(channels).fill(0), scales: Array(channels).fill(1), log };
  if (settings.scope === 'own' || scale === undefined) return undefined;
  return { centers: [...scale.centers], scales: [...scale.scales], log };
}
