import { formatCount, formatNumber } from '../../summary/format.js';
import { reconstructionChart } from '../charts/reconstruction-chart.js';
import { type Html, html, plain } from '../html.js';
import type { ReportFacts } from '../report-facts.js';
import { type Section, type SectionParts, tableOf, tagOf } from './section-parts.js';

/** How far segments are apart, how well windows are given back, and what labels say. */
export function qualitySection(facts: ReportFacts, parts: SectionParts): Section {
  const { windows } = facts;
  const { labels } = facts;
  const columns = [{ head: 'score' }, { head: 'value', number: true }, { head: 'meaning' }];
  return {
    id: 'quality',
    title: 'Quality',
    note: 'How far segments are apart, and how well the encoder gives windows back.',
    body: html`${tableOf('Quality scores', columns, scoresOf(facts))}
${labels !== undefined && 'why' in labels ? html`<p class="note quiet">Not scored against labels: ${labels.why}.</p>` : ''}
${'why' in windows ? html`<p class="note quiet">No windows are shown as given and as reconstructed: ${windows.why}.</p>` : pictures(facts, parts)}`,
  };
}

function scoresOf({ windows, labels, models }: ReportFacts): (readonly [string, string, string])[] {
  const rows: (readonly [string, string, string])[] = [];
  if (labels !== undefined && !('why' in labels)) {
    const of = `${formatCount(labels.windows)} windows in ${labels.classes} known classes (${plain(labels.source)})`;
    rows.push([
      'ARI',
      formatNumber(labels.ari),
      `agreement with labels, of ${of}; 1 is the same partition, chance is 0`,
    ]);
    rows.push(['NMI', formatNumber(labels.nmi), `information shared with the labels, 0–1, of ${of}`]);
  }
  if (!('why' in windows)) {
    const of = `of ${formatCount(windows.sampled)} windows of the input, drawn at random, under ${windows.modelVersion}`;
    rows.push(['silhouette', formatNumber(windows.silhouette), `how far segments lie apart, -1–1, ${of}`]);
    const { reconstructionError } = windows;
    if (reconstructionError !== null) {
      rows.push(['reconstruction error', formatNumber(reconstructionError), `mean squared, on prepared values, ${of}`]);
    }
  }
  const promoted = models.find(({ event }) => event === 'promoted');
  const held = promoted?.challengerSilhouette;
  if (typeof held === 'number') {
    rows.push([
      'silhouette at the gate',
      formatNumber(held),
      `of windows held out from the training of ${promoted!.modelVersion}, among its own embeddings`,
    ]);
  }
  return rows;
}

function pictures(facts: ReportFacts, parts: SectionParts): Html {
  const { windows } = facts;
  // A window of one step is a point in each channel, and no line.
  if ('why' in windows || windows.steps < 2) return html``;
  return html`<h3>Original against reconstructed windows</h3>
<p class="note quiet">Line: prepared values as the encoder was given them. Dashes: as it gives them back. From the best to the worst reconstructed of the sample${windows.channels.length > 1 ? html`; ${windows.channels.join(', ')}, ever paler` : ''}.</p>
${windows.segments.map((segment) => {
  const chart = reconstructionChart(segment, windows.channels);
  return chart === undefined
    ? ''
    : html`<figure><figcaption>${tagOf(parts, segment.segmentId)} <span class="quiet">${formatCount(segment.size)} windows in the sample</span></figcaption>${parts.wide(chart)}</figure>`;
})}`;
}
