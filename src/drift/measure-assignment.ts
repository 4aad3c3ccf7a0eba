import { chiSquarePValue } from './chi-square.js';
import { ALL, type DriftMeasure } from './drift-measure.js';
import type { DriftObservation } from './drift-observation.js';
import { jensenShannon } from './jensen-shannon.js';
import { psi, psiTerms } from './psi.js';

/** The shares of the segments, with each segment's own part, and how many customers change segment from window to window. */
export function measureAssignment(
  before: DriftObservation,
  after: DriftObservation,
  segmentIds: readonly string[],
): readonly DriftMeasure[] {
  const layer = 'assignment';
  const [p, q] = [before.segmentCounts, after.segmentCounts];
  const terms = psiTerms(p, q);
  return [
    { layer, subject: ALL, statistic: 'psi', value: psi(p, q), pValue: null },
    { layer, subject: ALL, statistic: 'jensenShannon', value: jensenShannon(p, q), pValue: null },
    ...movesOf(before, after),
    ...segmentIds.map(
      (subject, j): DriftMeasure => ({ layer, subject, statistic: 'psi', value: terms[j]!, pValue: null }),
    ),
  ];
}

/** Rise of the share of returning customers who change segment; a p-value by the test of two shares. */
function movesOf(before: DriftObservation, after: DriftObservation): readonly DriftMeasure[] {
  const [n, m] = [before.returning, after.returning];
  if (n === 0 || m === 0) return [];
  const value = after.moved / m - before.moved / n;
  const share = (before.moved + after.moved) / (n + m);
  const variance = share * (1 - share) * (1 / n + 1 / m);
  const pValue = variance === 0 ? 1 : chiSquarePValue((value * value) / variance, 1);
  return [{ layer: 'assignment', subject: ALL, statistic: 'moves', value, pValue }];
}
