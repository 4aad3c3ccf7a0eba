import { formatCount, formatShare } from '../../summary/format.js';
import { CAUSES, flowChart, moveChart } from '../charts/move-charts.js';
import { html } from '../html.js';
import type { ReportFacts } from '../report-facts.js';
import { type Section, type SectionParts, tableOf, taggedAs } from './section-parts.js';

/** Largest flows that the table tells. */
const MOST = 12;

/** Who moved from where to where, and why. */
export function moveSection({ flows }: ReportFacts, parts: SectionParts): Section {
  const moves = moveChart(flows);
  const diagram = flowChart(flows);
  const columns = [
    { head: 'from' },
    { head: 'to' },
    { head: 'moves', number: true },
    { head: 'by behaviour', number: true },
  ];
  const rows = flows.flows
    .slice(0, MOST)
    .map(({ from, to, fromName, toName, customers, byBehaviour }) => [
      taggedAs(parts, from, fromName),
      taggedAs(parts, to, toName),
      formatCount(customers),
      formatShare(byBehaviour / customers),
    ]);
  return {
    id: 'moves',
    title: 'Moves between segments',
    note: 'A customer moves when a window of it lies in another segment than the one before. A new model may move customers who did not change; that is told apart. A segment has its name here where all models gave it the same, or people did.',
    body:
      moves === undefined
        ? html`<p>Nobody changed segment.</p>`
        : html`<ul class="legend">${CAUSES.map(([cause, words]) => html`<li class="cause-${cause}">${cause}: ${words}</li>`)}</ul>
<figure>${parts.wide(moves)}</figure>
<figure><figcaption>From where (left) to where (right), over all windows</figcaption>${diagram && parts.wide(diagram)}</figure>
${tableOf('Largest flows', columns, rows)}`,
  };
}
