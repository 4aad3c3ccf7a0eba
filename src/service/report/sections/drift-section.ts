import { formatDate, formatNumber } from '../../summary/format.js';
import { driftChart } from '../charts/drift-chart.js';
import { html, plain } from '../html.js';
import type { ReportFacts } from '../report-facts.js';
import { type Section, type SectionParts, tableOf } from './section-parts.js';

/** Statistics of the table; the rest did not drift either. */
const MOST = 25;

/** What drifts, against its threshold. */
export function driftSection({ drift }: ReportFacts, parts: SectionParts): Section {
  const chart = driftChart(drift);
  const columns = [
    { head: 'layer' },
    { head: 'subject' },
    { head: 'statistic' },
    { head: 'value', number: true },
    { head: 'threshold', number: true },
    { head: 'drifts since' },
    { head: 'what followed' },
  ];
  const rows = drift.reports
    .slice(0, MOST)
    .map(({ layer, subject, statistic, value, threshold, drifted, past, currentEnd, since, action }) => [
      layer,
      past ? `${plain(subject, 60)} (until ${formatDate(currentEnd)})` : plain(subject, 60),
      statistic,
      drifted ? html`<span class="beyond">${formatNumber(value)}</span>` : formatNumber(value),
      formatNumber(threshold),
      drifted ? formatDate(since ?? Number.NaN) : '–',
      action,
    ]);
  const count = drift.reports.filter(({ drifted }) => drifted).length;
  return {
    id: 'drift',
    title: 'Drift',
    note: `The latest value of each statistic as a multiple of its threshold, those that drift first; ${count} of ${drift.reports.length} ${count === 1 ? 'drifts' : 'drift'}. A value beyond its threshold counts where its test finds it significant, too, and where the last round of comparisons still tells of it: a bar beyond 1× may not count.`,
    body:
      chart === undefined
        ? html`<p>No statistics were compared yet.</p>`
        : html`<figure>${parts.wide(chart)}</figure>${tableOf('Drift statistics', columns, rows)}`,
  };
}
