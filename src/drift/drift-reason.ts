import { ALL } from './drift-measure.js';
import type { DriftReport } from './drift-report.js';

/** In words, for the reasons of a retraining. */
export function driftReason({ layer, subject, statistic, value, threshold }: DriftReport): string {
  const of = subject === ALL ? '' : ` of ${subject}`;
  return `drift in ${layer}${of}: ${statistic} ${value.toFixed(3)}, threshold ${threshold}`;
}
