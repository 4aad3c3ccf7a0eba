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
    .map(({ layer, subject, statistic, value, threshold, drifted, since, action }) => [
      layer,
      plain(subject, 60),
      statistic,
      drifted ? html`<span class="beyond">${formatNumber(value)}</span>` : formatNumber(value),
      formatNumber(threshold),
      drifted ? formatDate(since ?? Number.NaN) : '–',
      action,
    ]);
  return {
    id: 'drift',
    title: 'Drift',
    note: `The latest value of each statistic as a multiple of its threshold, those farthest beyond first; ${drift.reports.filter(({ drifted }) => drifted).length} of ${drift.reports.length} are beyond.`,
    body:
      chart === undefined
        ? html`<p>No statistics were compared yet.</p>`
        : html`<figure>${parts.wide(chart)}</figure>${tableOf('Drift statistics', columns, rows)}`,
  };
}
