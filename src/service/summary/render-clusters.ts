import pc from 'picocolors';
import type { ClusterReport, ClusterSummary, OddRow, SweptK } from '../cluster/cluster-report.js';
import type { RowName } from '../cluster/clustered-rows.js';
import {
  formatCount,
  formatCounted,
  formatDate,
  formatNumber,
  formatSeconds,
  formatShare,
  printable,
  wrap,
} from './format.js';
import { type Column, plainTable } from './plain-table.js';
import type { SummaryStyle } from './render-summary.js';
import { bar, sparkline } from './sparkline.js';

/** What a clustering found, for people to read. */
export function renderClusters(report: ClusterReport, { width, color }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(40, Math.min(width, 120));
  const { anomalies, sweep, written } = report;
  const parts = [
    [colors.bold(wrap(headline(report), columns))],
    [colors.bold('Quality'), qualities(report, columns)],
    ...(sweep.length === 0 ? [] : [[colors.bold('Numbers of clusters'), sweepTable(sweep, report, columns)]]),
    [
      colors.bold(`Clusters: ${report.k}, ${origin(report)}`),
      clusterTable(report, columns),
      ...remarks(report, columns),
    ],
    ...(anomalies === null
      ? []
      : [[colors.bold('What stands out'), anomalyTable(anomalies, columns), ...anomalyRemarks(report, columns)]]),
    ...(written.length === 0 ? [] : [[wrap(`wrote ${written.join(', ')}`, columns)]]),
  ];
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ files, n, by, distance, ...report }: ClusterReport): string {
  const { method, linkage, dimensions, modelVersion, seconds } = report;
  const what = {
    embedding: `by their embedding (${modelVersion}, ${dimensions} dimensions)`,
    series: `by their prepared series (${formatCount(dimensions)} values)`,
    vectors: `of ${formatCount(dimensions)} dimensions`,
  }[by];
  const rows = formatCounted(n, by === 'vectors' ? 'vector' : 'window');
  const how = linkage === null ? method : `${method} (${linkage})`;
  const direction = distance === 'cosine' ? ', their direction alone (cosine)' : '';
  return `${printable(files.join(', '))}: ${rows} ${what}${direction}, clustered by ${how} in ${formatSeconds(seconds)}`;
}

const ORIGINS: Readonly<Record<ClusterReport['kFrom'], string>> = {
  option: 'as asked for',
  labels: 'as many as there are classes',
  silhouette: 'chosen by silhouette',
  density: 'found by density',
};

function origin({ k, kAsked, kFrom }: ClusterReport): string {
  return kAsked !== null && k < kAsked ? `fewer than ${kAsked}: no more rows differ` : ORIGINS[kFrom];
}

function qualities(report: ClusterReport, width: number): string {
  const { labelled } = report;
  const of = labelled === null ? 'name labels for it' : `${formatCounted(labelled, 'labelled row')}; chance is 0`;
  return plainTable(
    [{ head: 'score' }, { head: 'value', align: 'right' }, { head: 'meaning', least: 20 }],
    [
      ['silhouette', score(report.silhouette), 'how far apart clusters lie, -1–1, more is better'],
      ['Davies–Bouldin', score(report.daviesBouldin), 'spread of clusters by their distance, less is better'],
      ['Caliński–Harabasz', number(report.calinskiHarabasz), 'spread between clusters by that within, more is better'],
      ['ARI', score(report.ari), `agreement with the labels, ${of}`],
      ['NMI', score(report.nmi), labelled === null ? of : 'information shared with the labels, 0–1'],
    ],
    width,
  );
}

function score(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function number(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}

function sweepTable(sweep: readonly SweptK[], { kAsked }: ClusterReport, width: number): string {
  const withBic = sweep.some(({ bic }) => bic !== null);
  const labelled = sweep.some(({ ari }) => ari !== null);
  const columns: Column[] = [
    ...['k', 'silhouette', 'Davies–Bouldin', 'Caliński–Harabasz'].map((head) => ({ head, align: 'right' as const })),
    ...(labelled ? [{ head: 'ARI', align: 'right' as const }] : []),
    ...(withBic ? [{ head: 'BIC', align: 'right' as const }] : []),
    { head: '' },
  ];
  const rows = sweep.map(({ k, silhouette, daviesBouldin, calinskiHarabasz, ari, bic }) => [
    String(k),
    score(silhouette),
    score(daviesBouldin),
    number(calinskiHarabasz),
    ...(labelled ? [score(ari)] : []),
    ...(withBic ? [number(bic)] : []),
    k === kAsked ? '← taken' : '',
  ]);
  return plainTable(columns, rows, width);
}

function clusterTable({ clusters, n }: ClusterReport, width: number): string {
  const named = clusters.some(({ nearest }) => nearest.customerId !== null);
  const curved = clusters.some(({ prototype }) => prototype !== null);
  return plainTable(
    [
      { head: 'id' },
      { head: 'share', align: 'right' },
      { head: '', dropFirst: 1 },
      { head: 'rows', align: 'right' },
      ...(curved ? [{ head: 'curve' }] : []),
      { head: 'distance', align: 'right', dropFirst: 0 },
      { head: named ? 'in the middle' : 'row in the middle', least: 12 },
    ],
    clusters.map((cluster) => [
      cluster.cluster,
      formatShare(cluster.rows / n),
      bar(cluster.rows / n, 8),
      formatCount(cluster.rows),
      ...(curved ? [curveOf(cluster, width)] : []),
      formatNumber(cluster.meanDistance),
      nameOf(cluster.nearest),
    ]),
    width,
  );
}

function curveOf({ prototype }: ClusterSummary, width: number): string {
  const values = (prototype ?? []).map((value) => value ?? 0);
  return sparkline(values, width >= 80 ? 24 : 12);
}

function nameOf({ row, customerId, windowStart }: RowName): string {
  const date = windowStart === null ? '' : ` ${formatDate(windowStart)}`;
  return customerId === null ? String(row) : `${printable(customerId).slice(0, 40)}${date}`;
}

function remarks({ noise, unusable, facts, n, sweep, kTo }: ClusterReport, width: number): string[] {
  const lines: string[] = [];
  const last = sweep.at(-1)?.k;
  if (kTo !== null && last !== undefined && last < kTo) {
    lines.push(`${last} clusters were the most that were tried, of ${kTo} asked for: no more rows differ`);
  }
  if (noise > 0) lines.push(`${formatCounted(noise, 'row')} (${formatShare(noise / n)}) noise: in no cluster`);
  if (unusable > 0)
    lines.push(`${formatCounted(unusable, 'row')} of which nothing is known, or a number is missing: not clustered`);
  const told = Object.entries(facts).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : String(value)}`,
  );
  if (told.length > 0) lines.push(told.join(', '));
  return lines.map((line) => wrap(line, width, '  ', '    '));
}

function anomalyTable(anomalies: readonly OddRow[], width: number): string {
  return plainTable(
    [
      { head: 'row', least: 12 },
      { head: 'cluster' },
      { head: 'LOF', align: 'right' },
      { head: 'isolation', align: 'right' },
      { head: 'kNN distance', align: 'right', dropFirst: 0 },
    ],
    anomalies.map((row) => [
      nameOf(row),
      row.cluster ?? 'noise',
      formatNumber(row.lof),
      row.isolation.toFixed(3),
      formatNumber(row.knn),
    ]),
    width,
  );
}

/** A local outlier factor up to which a row is taken to lie as its neighbours do. */
const LEAST_ODD = 1.5;

function anomalyRemarks({ anomalies, neighbours }: ClusterReport, width: number): string[] {
  const lines: string[] = [];
  const { asked, taken } = neighbours!;
  if (taken < asked) {
    lines.push(`by ${formatCounted(taken, 'neighbour')}, not ${asked}: there are no more rows to compare with`);
  }
  if (anomalies!.every(({ lof }) => lof < LEAST_ODD)) {
    lines.push(`no factor (LOF) reaches ${LEAST_ODD}: each row lies about as near to others as its neighbours do`);
  }
  return lines.map((line) => wrap(line, width, '  ', '    '));
}
