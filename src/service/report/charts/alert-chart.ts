import { formatCount, formatCounted } from '../../summary/format.js';
import type { AlertCount } from '../../view/api/queries/alerts.js';
import { ACCENT, BAD, INK, QUIET, type ReportChart, timeAxis, valueAxis, WARN } from './report-chart.js';

/** Kinds of alerts, by colour. */
export const KINDS = [
  ['anomaly', BAD],
  ['silence', QUIET],
  ['segment-change', ACCENT],
  ['segment-size', WARN],
  ['rule', INK],
] as const;

/** Alerts by kind over time; undefined without any. */
export function alertChart(counts: readonly AlertCount[]): ReportChart | undefined {
  if (counts.length === 0) return undefined;
  const ends = [...new Set(counts.map(({ windowEnd }) => windowEnd))];
  const byKey = new Map(counts.map(({ windowEnd, kind, alerts }) => [`${windowEnd}/${kind}`, alerts]));
  return {
    name: 'alerts',
    label: `Alerts by kind in ${formatCounted(ends.length, 'round')} of windows`,
    height: () => 220,
    option: (width) => ({
      grid: { left: 52, right: 16, top: 12, bottom: 28 },
      xAxis: timeAxis(width),
      yAxis: { ...valueAxis(formatCount), minInterval: 1 },
      series: KINDS.map(([kind, color]) => ({
        type: 'bar' as const,
        stack: 'alerts',
        silent: true,
        barMaxWidth: 28,
        color,
        data: ends.map((end) => [end, byKey.get(`${end}/${kind}`) ?? 0]),
      })),
    }),
  };
}
