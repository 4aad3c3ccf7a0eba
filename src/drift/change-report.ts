import { sum } from '../numeric/sum.js';
import type { Change } from './change-watch.js';
import { ALL } from './drift-measure.js';
import type { DriftReport } from './drift-report.js';
import { severityOf } from './severity.js';

/** A change of behaviour as the drift report of that number. */
export function toChangeReport(
  { value, since, before, now }: Change,
  number: number,
  { threshold, action }: Pick<DriftReport, 'threshold' | 'action'>,
): DriftReport {
  return {
    reportId: `c${number}-embedding-${ALL}-withinShift`,
    layer: 'embedding',
    subject: ALL,
    statistic: 'withinShift',
    value,
    threshold,
    pValue: null,
    drifted: true,
    severity: severityOf(value / threshold),
    rank: 1,
    since,
    referenceStart: before.start,
    referenceEnd: before.end,
    currentStart: now.start,
    currentEnd: now.end,
    nReference: sum(before.statistics.weights),
    nCurrent: sum(now.statistics.weights),
    referenceModelVersion: before.statistics.modelVersion,
    modelVersion: now.statistics.modelVersion,
    action,
  };
}
