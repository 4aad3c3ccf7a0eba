import { packageVersion } from '../cli/package-path.js';
import { clusterMapChart } from '../cluster/charts/cluster-map-chart.js';
import type { ReportChart } from '../report/charts/report-chart.js';
import { asHtml, type Html, html, plain } from '../report/html.js';
import { renderPage } from '../report/render-page.js';
import type { DrawChart } from '../report/render-report.js';
import { colourStyle, segmentVariable } from '../report/report-colours.js';
import { REPORT_STYLE } from '../report/report-style.js';
import { type Section, tableOf } from '../report/sections/section-parts.js';
import { formatCounted, formatShare } from '../summary/format.js';
import { candidateCells, score } from './candidate-cells.js';
import type { ComparisonReport } from './comparison-report.js';
import type { ComparisonFacts } from './gather-comparison.js';
import { clusterSections, type Drawing, dendrogramSection, reconstructionSection } from './winner-sections.js';

/** Widths that charts are drawn at: a page on a desk, on a phone, and a card. */
const WIDE = 1040;
const NARROW = 340;
const CARD = 300;

/** Three maps in a row on a desk, one on a phone. */
const MAP_STYLE = '.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:4px 16px}';

/** The page of a comparison: the ranking, a map of each encoder, and what the winner found. Needs nothing beside it. */
export function renderComparisonPage(facts: ComparisonFacts, draw: DrawChart, writtenAt: number): string {
  const { report, maps, winner, trees, reconstructions } = facts;
  const drawAt = ({ option, height, label }: ReportChart, width: number): Html =>
    asHtml(draw(option(width), width, height(width), label));
  const drawing: Drawing = {
    wide: (chart) =>
      html`<div class="wide">${drawAt(chart, WIDE)}</div><div class="narrow">${drawAt(chart, NARROW)}</div>`,
    small: (chart) => drawAt(chart, CARD),
  };
  const most = Math.max(0, ...maps.map(({ shown }) => shown.k));
  const ids = Array.from({ length: most }, (_, cluster) => `c${cluster + 1}`);
  const tags = ids.map((id) => `.${id}{--tag:${segmentVariable(id)}}`).join('');
  return renderPage({
    title: `${plain(report.files.join(', '))} – segtide compare`,
    heading: html`<h1>${plain(report.files.join(', '), 200)}</h1><p class="quiet">encoders and clustering methods compared</p><p class="lead">${leadOf(report)}</p>`,
    sections: [
      rankingSection(report),
      mapSection(facts, drawing),
      ...(winner === undefined ? [] : clusterSections(winner, report.n, drawing)),
      ...dendrogramSection(trees, drawing),
      ...reconstructionSection(reconstructions, drawing),
    ],
    style: `${colourStyle(ids)}${tags}${REPORT_STYLE}${MAP_STYLE}`,
    footer: html`Written ${new Date(writtenAt).toISOString().slice(0, 16).replace('T', ' ')} UTC by segtide ${packageVersion()}.`,
  }).html;
}

function leadOf({ candidates, n, rankedBy }: ComparisonReport): string {
  const [best] = candidates;
  if (best === undefined) return 'Nothing came of any encoder and method.';
  const by =
    rankedBy === 'ari'
      ? `it agrees with the labels by an ARI of ${score(best.ari)}`
      : `its clusters of two seeds agree by ${score(best.stability)}, and part the series by a silhouette of ${score(best.seriesSilhouette)}`;
  return `Of ${candidates.length} ways to cluster ${formatCounted(n, 'window')}, ${best.encoder} with ${best.method} comes first: ${by}.`;
}

const COLUMNS = [
  ...['#', 'encoder', 'method'].map((head) => ({ head })),
  ...['k', 'ARI', 'NMI', 'stability', 'silhouette', 'of series', 'noise', 'time', 'encode', 'cluster', 'memory'].map(
    (head) => ({
      head,
      number: true,
    }),
  ),
];

function rankingSection({ candidates, failures, rankedBy, seeds }: ComparisonReport): Section {
  const rows = candidates.map((candidate) => candidateCells(candidate, formatShare(0)));
  return {
    id: 'ranking',
    title: 'Ranking',
    note: `By ${rankedBy === 'ari' ? 'agreement with the labels (ARI)' : rankedBy}; means over ${formatCounted(seeds.length, 'seed')}. Stability is the agreement of the clusters of two seeds. The silhouette is of the points that were clustered, each encoder’s own space, and compares nothing; that of series is in the same space for all.`,
    body: html`${tableOf('Encoders and methods', COLUMNS, rows)}${
      failures.length === 0
        ? ''
        : html`<h3>Came to nothing</h3><ul class="why">${failures.map(({ encoder, method, why }) => html`<li>${encoder}${method === null ? '' : `, ${method}`}: ${plain(why, 300)}</li>`)}</ul>`
    }`,
  };
}

function mapSection({ maps }: ComparisonFacts, { small }: Drawing): Section {
  const most = Math.max(0, ...maps.map(({ shown }) => shown.membership.length));
  return {
    id: 'maps',
    title: 'Maps',
    note: `${formatCounted(most, 'window')} at most, coloured by the clusters of the encoder’s best method, of the first seed, and the same on each map: along the two directions in which the points differ most (PCA), by t-SNE, and placed so that neighbours lie near each other, as UMAP does. On the latter two, distances between groups mean little.`,
    body: html`${maps.map(({ candidate: { encoder, method, rank }, shown, principal, tsne, neighbours }) => {
      const places: readonly (readonly [string, Float64Array | undefined])[] = [
        ['PCA', principal],
        ['t-SNE', tsne],
        ['UMAP', neighbours],
      ];
      return html`<figure><figcaption><b>${encoder}</b> with ${method} <span class="quiet">rank ${rank}, ${formatCounted(shown.k, 'cluster')}</span></figcaption><div class="maps">${places.map(
        ([how, of]) =>
          of &&
          html`<div><p class="curve">${how}</p>${small(clusterMapChart(of, shown, { name: `${how}-${encoder}`, how: `by ${encoder}, by ${how}` }))}</div>`,
      )}</div></figure>`;
    })}`,
  };
}
