import type { Change } from './change-watch.js';
import type { DriftReport } from './drift-report.js';

/** A change of behaviour as a drift report. */
export function toChangeReport({ value, since, before, now }: Change, number: number, threshold: number): DriftReport {
  return {
    reportId: `c${number}-embedding-all-withinShift`,
    layer: 'embedding',
    subject: 'all',
    statistic: 'withinShift',
    value,
    threshold,
    pValue: null,
    drifted: true,
    severity: value >= 3 * threshold ? 'high' : value >= 1.5 * threshold ? 'medium' : 'low',
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
    action: 'refit',
  };
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
