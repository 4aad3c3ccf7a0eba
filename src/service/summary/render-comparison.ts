import pc from 'picocolors';
import { candidateCells } from '../compare/candidate-cells.js';
import type { ComparisonReport, RankedCandidate } from '../compare/comparison-report.js';
import { formatCounted, formatSeconds, printable, wrap } from './format.js';
import { plainTable } from './plain-table.js';
import type { SummaryStyle } from './render-summary.js';

/** What a comparison found, for people to read. */
export function renderComparison(report: ComparisonReport, { width, color }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(40, Math.min(width, 132));
  const { failures, config, candidates, page } = report;
  const parts = [
    [colors.bold(wrap(headline(report), columns))],
    [colors.bold('Ranking'), ranking(candidates, columns), wrap(basis(report), columns, '  ', '  ')],
    ...(failures.length === 0
      ? []
      : [[colors.bold('Came to nothing'), ...failures.map((failure) => wrap(toLine(failure), columns, '  ', '    '))]]),
    ...(config === null ? [] : [[wrap(`wrote ${config}: ${chosen(candidates)}, for --config ${config}`, columns)]]),
    ...(page === null ? [] : [[`wrote ${page}; open it in a browser`]]),
  ];
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ files, n, unusable, seeds, candidates, seconds }: ComparisonReport): string {
  const left = unusable === 0 ? '' : ` (${formatCounted(unusable, 'window')} left out, of which nothing is known)`;
  return `${printable(files.join(', '))}: ${formatCounted(n, 'window')}${left} clustered in ${formatCounted(candidates.length, 'way')} from ${formatCounted(seeds.length, 'seed')} each, in ${formatSeconds(seconds)}`;
}

/** Series come before every encoder now and then, and no run clusters those. */
function chosen(candidates: readonly RankedCandidate[]): string {
  const rank = candidates.find(({ encoder }) => encoder !== 'series')!.rank;
  if (rank === 1) return "the best encoder's config";
  return `the config of the best encoder, which is number ${rank}; a run has none that leaves series as they are (raw comes closest)`;
}

function basis({ rankedBy, labelled, seeds }: ComparisonReport): string {
  if (rankedBy === 'ari') {
    return `ranked by ARI, agreement with ${formatCounted(labelled ?? 0, 'label')}; means over ${formatCounted(seeds.length, 'seed')}`;
  }
  return 'ranked by stability, the agreement of the clusters of two seeds, and by the silhouette of the series in these clusters: without labels nothing tells which are right. The silhouette of the embedding is each encoder’s own and can’t be compared.';
}

function ranking(candidates: readonly RankedCandidate[], width: number): string {
  const right = (head: string, dropFirst?: number) => ({
    head,
    align: 'right' as const,
    ...(dropFirst !== undefined && { dropFirst }),
  });
  return plainTable(
    [
      right('#'),
      { head: 'encoder' },
      { head: 'method' },
      right('k'),
      right('ARI'),
      right('NMI', 3),
      right('stability'),
      right('silhouette', 5),
      right('of series', 2),
      right('noise', 1),
      right('time'),
      right('encode', 4),
      right('cluster', 4),
      right('memory', 0),
    ],
    candidates.map((candidate) => candidateCells(candidate, '')),
    width,
  );
}

function toLine({ encoder, method, why }: ComparisonReport['failures'][number]): string {
  return `${method === null ? encoder : `${encoder}, ${method}`}: ${why}`;
}
