import { formatCount, formatDate, formatNumber } from '../../summary/format.js';
import type { AlertAnswer } from '../../view/api/answers.js';
import { alertChart, KINDS } from '../charts/alert-chart.js';
import { type Html, html, plain } from '../html.js';
import type { ReportFacts } from '../report-facts.js';
import type { Section, SectionParts } from './section-parts.js';

/** Parts of an explanation that are told. */
const PARTS = 4;

/** What stood out, and why. */
export function alertSection({ alertCounts, alerts }: ReportFacts, parts: SectionParts): Section {
  const chart = alertChart(alertCounts);
  const totalOf = (kind: string): number =>
    alertCounts.reduce((sum, count) => sum + (count.kind === kind ? count.alerts : 0), 0);
  return {
    id: 'alerts',
    title: 'Alerts',
    note: 'Customers and segments that stood out; of each kind those farthest beyond their thresholds are explained.',
    body:
      chart === undefined
        ? html`<p>Nothing stood out.</p>`
        : html`<ul class="legend">${KINDS.map(([kind]) => html`<li class="kind-${kind}">${kind}: ${formatCount(totalOf(kind))}</li>`)}</ul>
<figure>${parts.wide(chart)}</figure>${alerts.map(toEntry)}`,
  };
}

function toEntry({
  kind,
  severity,
  customerId,
  segmentId,
  windowStart,
  windowEnd,
  score,
  threshold,
  explanation,
}: AlertAnswer): Html {
  const who = customerId === null ? `segment ${segmentId}` : `customer ${customerId}`;
  return html`<div class="alert kind-${plain(kind, 24)}"><h3>${kind} · ${plain(who)}</h3>
<p>${plain(explanation.text, 400)}</p>
<p class="parts">window ${formatDate(windowStart)} to ${formatDate(windowEnd)} · severity ${severity} · score ${formatNumber(score)}, threshold ${formatNumber(threshold)}${explanation.parts
    .slice(0, PARTS)
    .map(
      ({ part, value, usual }) =>
        html` · ${plain(part, 60)} ${figure(value)}${usual === null ? '' : `, usually ${figure(usual)}`}`,
    )}</p></div>`;
}

function figure(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}
