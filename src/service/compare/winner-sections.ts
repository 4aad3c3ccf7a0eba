import { clusterMapChart } from '../cluster/charts/cluster-map-chart.js';
import { dendrogramChart } from '../cluster/charts/dendrogram-chart.js';
import { reconstructionChart } from '../report/charts/reconstruction-chart.js';
import type { ReportChart } from '../report/charts/report-chart.js';
import { type Html, html, plain } from '../report/html.js';
import type { Section } from '../report/sections/section-parts.js';
import { formatCount, formatCounted, formatNumber, formatShare } from '../summary/format.js';
import type { ComparisonFacts, DescribedCluster, EncoderReconstructions, WinnerFacts } from './gather-comparison.js';
import { membersChart, prototypeChart } from './members-chart.js';

/** Draws a chart across the page, for the desk and for the phone, or as one of several beside each other. */
export interface Drawing {
  readonly wide: (chart: ReportChart) => Html;
  readonly small: (chart: ReportChart) => Html;
}

export function clusterSections(
  { candidate, partition, directions, clusters }: WinnerFacts,
  n: number,
  draw: Drawing,
): Section[] {
  const { encoder, method } = candidate;
  return [
    {
      id: 'clusters',
      title: 'Clusters',
      note: `Those of ${encoder} with ${method}, of the first seed: how many windows each has, and the mean window of each over some of its own, first channel, in the unit of the input.`,
      body: html`${draw.wide(membersChart(clusters))}<ul class="cards">${clusters.map((cluster) => toCard(cluster, n, draw))}</ul>`,
    },
    {
      id: 'directions',
      title: 'Along three directions',
      note: `The points of ${encoder} along the three directions in which they differ most (PCA), two at a time.`,
      body: html`<ul class="cards">${PAIRS.map(([x, y]) => {
        const how = `along directions ${x + 1} and ${y + 1}`;
        const chart = clusterMapChart(takePair(directions, x, y), partition, { name: `directions-${x}-${y}`, how });
        return html`<li><h3>${x + 1} and ${y + 1}</h3>${draw.small(chart)}</li>`;
      })}</ul>`,
    },
  ];
}

/** None where no tree has a merge. */
export function dendrogramSection(trees: ComparisonFacts['trees'], { wide }: Drawing): Section[] {
  const drawn = trees.flatMap(({ encoder, candidate, tree, k }) => {
    const chart = dendrogramChart(tree, k);
    const how =
      candidate === undefined
        ? html`<b>${encoder}</b> by Ward’s linkage <span class="quiet">of ${formatCounted(tree.leaves, 'window')}</span>`
        : html`<b>${encoder}</b> with ${candidate.method} <span class="quiet">rank ${candidate.rank}</span>`;
    return chart === undefined ? [] : [html`<figure><figcaption>${how}</figcaption>${wide(chart)}</figure>`];
  });
  if (drawn.length === 0) return [];
  return [
    {
      id: 'dendrogram',
      title: 'Dendrogram',
      note: 'The best of each method that grows a tree; where none was tried, one by Ward’s linkage of the points of the best encoder. The dashed line is where it was cut.',
      body: html`${drawn}`,
    },
  ];
}

/** None where no encoder gives windows back. */
export function reconstructionSection(
  reconstructions: readonly EncoderReconstructions[],
  { small }: Drawing,
): Section[] {
  if (reconstructions.length === 0) return [];
  return [
    {
      id: 'reconstructions',
      title: 'Original against reconstructed',
      note: 'Of encoders that give windows back. Line: prepared values as the encoder was given them. Dashes: as it gives them back. From the best to the worst reconstructed of each cluster.',
      body: html`${reconstructions.map(
        ({ candidate, channels, clusters }) =>
          html`<figure><figcaption><b>${candidate.encoder}</b> with ${candidate.method} <span class="quiet">rank ${candidate.rank}</span></figcaption><ul class="cards">${clusters.map(
            (cluster) => {
              const chart = reconstructionChart(cluster, channels);
              return chart === undefined
                ? ''
                : html`<li class="${cluster.segmentId}"><h3>${cluster.segmentId} <span class="quiet">${formatCounted(cluster.size, 'window')}</span></h3>${small(chart)}</li>`;
            },
          )}</ul></figure>`,
      )}`,
    },
  ];
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

function toCard(described: DescribedCluster, n: number, { small }: Drawing): Html {
  const { cluster: id, rows, meanDistance, nearest } = described;
  return html`<li class="${id}"><h3>${id}</h3><p><span class="share">${formatShare(rows / n)}</span> <span class="quiet">${formatCount(rows)} ${rows === 1 ? 'window' : 'windows'}</span></p>
${small(prototypeChart(described))}
<dl><dt>mean distance to its middle</dt><dd>${formatNumber(meanDistance)}</dd><dt>window in the middle</dt><dd>${plain(nearest.customerId ?? `row ${nearest.row}`, 40)}</dd></dl></li>`;
}
