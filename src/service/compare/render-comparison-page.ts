import { packageVersion } from '../cli/package-path.js';
import { clusterMapChart } from '../cluster/charts/cluster-map-chart.js';
import { dendrogramChart } from '../cluster/charts/dendrogram-chart.js';
import type { ClusterSummary } from '../cluster/cluster-report.js';
import { reconstructionChart } from '../report/charts/reconstruction-chart.js';
import { type ReportChart, stepAxis, valueAxis } from '../report/charts/report-chart.js';
import { asHtml, type Html, html, plain } from '../report/html.js';
import { renderPage } from '../report/render-page.js';
import type { DrawChart } from '../report/render-report.js';
import { colourStyle, segmentVariable } from '../report/report-colours.js';
import { REPORT_STYLE } from '../report/report-style.js';
import { type Section, tableOf } from '../report/sections/section-parts.js';
import { formatCount, formatCounted, formatNumber, formatShare } from '../summary/format.js';
import { candidateCells, score } from './candidate-cells.js';
import type { ComparisonReport } from './comparison-report.js';
import type { ComparisonFacts, WinnerFacts } from './gather-comparison.js';

/** Widths that charts are drawn at: a page on a desk, on a phone, and a card. */
const WIDE = 1040;
const NARROW = 340;
const CARD = 300;

/** Draws a chart for the desk and for the phone, or for a card. */
interface Drawing {
  readonly wide: (chart: ReportChart) => Html;
  readonly small: (chart: ReportChart) => Html;
}

/** The page of a comparison: the ranking, a map of each encoder, and what the winner found. Needs nothing beside it. */
export function renderComparisonPage(facts: ComparisonFacts, draw: DrawChart, writtenAt: number): string {
  const { report, maps, winner } = facts;
  const drawAt = ({ option, height, label }: ReportChart, width: number): Html =>
    asHtml(draw(option(width), width, height(width), label));
  const drawing: Drawing = {
    wide: (chart) =>
      html`<div class="wide">${drawAt(chart, WIDE)}</div><div class="narrow">${drawAt(chart, NARROW)}</div>`,
    small: (chart) => drawAt(chart, CARD),
  };
  const most = Math.max(0, ...maps.map(({ partition }) => partition.k));
  const ids = Array.from({ length: most }, (_, cluster) => `c${cluster + 1}`);
  const tags = ids.map((id) => `.${id}{--tag:${segmentVariable(id)}}`).join('');
  return renderPage({
    title: `${plain(report.files.join(', '))} – segtide compare`,
    heading: html`<h1>${plain(report.files.join(', '), 200)}</h1><p class="quiet">encoders and clustering methods compared</p><p class="lead">${leadOf(report)}</p>`,
    sections: [
      rankingSection(report),
      mapSection(facts, drawing),
      ...(winner === undefined ? [] : winnerSections(winner, report, drawing)),
    ],
    style: `${colourStyle(ids)}${tags}${REPORT_STYLE}`,
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
  ...['k', 'ARI', 'NMI', 'stability', 'silhouette', 'of series', 'noise', 'encode', 'cluster', 'memory'].map(
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
    body: html`${tableOf('Ranking', COLUMNS, rows)}${
      failures.length === 0
        ? ''
        : html`<h3>Came to nothing</h3><ul class="why">${failures.map(({ encoder, method, why }) => html`<li>${encoder}${method === null ? '' : `, ${method}`}: ${plain(why, 300)}</li>`)}</ul>`
    }`,
  };
}

function mapSection({ maps }: ComparisonFacts, { wide }: Drawing): Section {
  return {
    id: 'maps',
    title: 'Maps',
    note: 'Windows coloured by the clusters of the encoder’s best method, of the first seed: along the two directions in which its points differ most (PCA), and placed so that neighbours lie near each other, as UMAP does.',
    body: html`${maps.map(({ candidate: { encoder, method, rank }, partition, places, neighbourly }) => {
      const charts = [
        ['PCA', clusterMapChart(places, partition, { name: `map-${encoder}`, how: `by ${encoder}, by PCA` })],
        ...(neighbourly === undefined
          ? []
          : [
              [
                'neighbours',
                clusterMapChart(neighbourly, partition, {
                  name: `neighbours-${encoder}`,
                  how: `by ${encoder}, by neighbours`,
                }),
              ] as const,
            ]),
      ] as const;
      return html`<figure><figcaption><b>${encoder}</b> with ${method} <span class="quiet">rank ${rank}, ${formatCounted(partition.k, 'cluster')}</span></figcaption>${charts.map(([how, chart]) => html`<p class="curve">${how}</p>${wide(chart)}`)}</figure>`;
    })}`,
  };
}

function winnerSections(
  { candidate, partition, directions, clusters, tree, k, reconstructions, channels }: WinnerFacts,
  { n }: ComparisonReport,
  { wide, small }: Drawing,
): Section[] {
  const who = `${candidate.encoder} with ${candidate.method}`;
  const dendrogram = dendrogramChart(tree, k);
  const sections: Section[] = [
    {
      id: 'clusters',
      title: 'Clusters',
      note: `Those of ${who}, of the first seed: the mean window of each, first channel, in the unit of the input.`,
      body: html`<ul class="cards">${clusters.map((cluster) => toCard(cluster, n, small))}</ul>`,
    },
    {
      id: 'directions',
      title: 'Along three directions',
      note: `The points of ${candidate.encoder} along the three directions in which they differ most (PCA), two at a time.`,
      body: html`<ul class="cards">${PAIRS.map(([x, y]) => {
        const how = `along directions ${x + 1} and ${y + 1}`;
        const chart = clusterMapChart(takePair(directions, x, y), partition, { name: `directions-${x}-${y}`, how });
        return html`<li><h3>${x + 1} and ${y + 1}</h3>${small(chart)}</li>`;
      })}</ul>`,
    },
  ];
  if (dendrogram !== undefined) {
    sections.push({
      id: 'dendrogram',
      title: 'Dendrogram',
      note: `The points of ${candidate.encoder} by Ward’s linkage, of ${formatCount(tree.leaves)} windows, cut into as many clusters.`,
      body: wide(dendrogram),
    });
  }
  if (reconstructions.length > 0) {
    sections.push({
      id: 'reconstructions',
      title: 'Original against reconstructed',
      note: 'Line: prepared values as the encoder was given them. Dashes: as it gives them back. From the best to the worst reconstructed of each cluster.',
      body: html`${reconstructions.map((cluster) => {
        const chart = reconstructionChart(cluster, channels);
        return chart === undefined
          ? ''
          : html`<figure><figcaption><span class="tag ${cluster.segmentId}"><b>${cluster.segmentId}</b></span> <span class="quiet">${formatCounted(cluster.size, 'window')}</span></figcaption>${wide(chart)}</figure>`;
      })}`,
    });
  }
  return sections;
}

/** Of three directions, two at a time. */
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

function takePair(directions: Float64Array, x: number, y: number): Float64Array {
  return Float64Array.from({ length: (directions.length / 3) * 2 }, (_, i) => {
    const row = 3 * Math.floor(i / 2);
    return directions[row + (i % 2 === 0 ? x : y)]!;
  });
}

function toCard(cluster: ClusterSummary, n: number, small: Drawing['small']): Html {
  const { cluster: id, rows, meanDistance, nearest } = cluster;
  return html`<li class="${id}"><h3>${id}</h3><p><span class="share">${formatShare(rows / n)}</span> <span class="quiet">${formatCounted(rows, 'window')}</span></p>
${small(prototypeChart(cluster))}
<dl><dt>mean distance to its middle</dt><dd>${formatNumber(meanDistance)}</dd><dt>window in the middle</dt><dd>${plain(nearest.customerId ?? `row ${nearest.row}`, 40)}</dd></dl></li>`;
}

function prototypeChart({ cluster, prototype }: ClusterSummary): ReportChart {
  const curve = prototype ?? [];
  return {
    name: `cluster-${cluster}`,
    label: `Mean window of ${cluster} by step`,
    height: () => 150,
    option: () => ({
      grid: { left: 46, right: 10, top: 10, bottom: 24 },
      xAxis: stepAxis(curve.length),
      yAxis: valueAxis(formatNumber),
      series: [
        {
          type: 'line' as const,
          silent: true,
          symbol: 'none',
          color: segmentVariable(cluster),
          lineStyle: { width: 2.4 },
          data: [...curve],
        },
      ],
    }),
  };
}
