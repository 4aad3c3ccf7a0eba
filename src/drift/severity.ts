import type { DriftReport } from './drift-report.js';

/** How severe drift is, by its value over the threshold. */
export function severityOf(excess: number): Exclude<DriftReport['severity'], 'none'> {
  return excess >= 3 ? 'high' : excess >= 1.5 ? 'medium' : 'low';
}
