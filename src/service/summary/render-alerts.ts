import type { RunSummary } from '../run-summary.js';
import { formatCount, formatDate, formatNumber, wrap } from './format.js';

/** Alerts that are shown; the others are in the output. */
const SHOWN = 5;

export function alertsHead({ alerts }: Pick<RunSummary, 'alerts'>): string {
  const total = Object.values(alerts.counts).reduce((sum, count) => sum + count, 0);
  return total === 0 ? 'Alerts' : `Alerts: ${formatCount(total)}`;
}

/** How many alerts there were of each kind, and the anomalies that stood out most. */
export function alertLines({ alerts }: Pick<RunSummary, 'alerts'>, width: number): string[] {
  const counts = Object.entries(alerts.counts).filter(([, count]) => count > 0);
  if (counts.length === 0) return ['  none'];
  return [
    wrap(counts.map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', '), width, '  ', '    '),
    ...alerts.top.slice(0, SHOWN).map(({ customerId, severity, score, windowStart, cause, explanation }) => {
      const when = formatDate(windowStart);
      const text = `${customerId} from ${when}: ${explanation.text}; ${cause}, score ${formatNumber(score)} (${severity})`;
      return wrap(text, width, '  ', '    ');
    }),
  ];
}
