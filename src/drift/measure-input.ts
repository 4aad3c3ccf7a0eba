import { countsByCuts, equalShareCuts, type Histogram } from '../numeric/histogram.js';
import type { DriftMeasure } from './drift-measure.js';
import { channelHistogram, type DriftObservation, STEP_GROUPS } from './drift-observation.js';
import { quarterName } from './drift-subjects.js';
import { jensenShannon } from './jensen-shannon.js';
import { histogramKolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { psi } from './psi.js';
import { histogramWasserstein, spreadOf } from './wasserstein.js';

/** Groups of about equal share of the reference over which shares of values are compared. */
const VALUE_GROUPS = 10;

/** The values of each channel, and of each quarter of windows that have several: `minutes` and `minutes:q2`. */
export function measureInput(
  before: DriftObservation,
  after: DriftObservation,
  channels: readonly string[],
): readonly DriftMeasure[] {
  return channels.flatMap((channel, c) => {
    const whole = measureValues(channel, channelHistogram(before, c), channelHistogram(after, c), true);
    const quarters = Array.from({ length: STEP_GROUPS }, (_, group) => {
      const at = c * STEP_GROUPS + group;
      return measureValues(quarterName(channel, group), before.cells[at]!, after.cells[at]!, false);
    }).filter((measures) => measures.length > 0);
    // The only quarter says what the channel has said: windows of one step have no other.
    return quarters.length > 1 ? [...whole, ...quarters.flat()] : whole;
  });
}

function measureValues(subject: string, a: Histogram, b: Histogram, isWhole: boolean): readonly DriftMeasure[] {
  const layer = 'input';
  // Windows of fewer steps than quarters leave some without a cell.
  if (a.count === 0 && b.count === 0) return [];
  const cuts = equalShareCuts(a, VALUE_GROUPS);
  const [p, q] = [countsByCuts(a, cuts), countsByCuts(b, cuts)];
  const ks = histogramKolmogorovSmirnov(a, b);
  const both: readonly DriftMeasure[] = [
    { layer, subject, statistic: 'psi', value: psi(p, q), pValue: null },
    { layer, subject, statistic: 'ks', value: ks.statistic, pValue: ks.pValue },
  ];
  if (!isWhole) return both;
  const spread = spreadOf(a) || 1;
  return [
    ...both,
    { layer, subject, statistic: 'jensenShannon', value: jensenShannon(p, q), pValue: null },
    { layer, subject, statistic: 'wasserstein', value: histogramWasserstein(a, b) / spread, pValue: ks.pValue },
  ];
}
