import pc from 'picocolors';
import { candidateCells } from '../compare/candidate-cells.js';
import type { ComparisonReport } from '../compare/comparison-report.js';
import { formatCounted, formatSeconds, printable, wrap } from './format.js';
import { plainTable } from './plain-table.js';
import type { SummaryStyle } from './render-summary.js';

/** What a comparison found, for people to read. */
export function renderComparison(report: ComparisonReport, { width, color }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(40, Math.min(width, 132));
  const { failures, config, page } = report;
  const parts = [
    [colors.bold(wrap(headline(report), columns))],
    [colors.bold('Ranking'), ranking(report, columns), wrap(basis(report), columns, '  ', '  ')],
    ...(failures.length === 0
      ? []
      : [[colors.bold('Came to nothing'), ...toLines(failures).map((line) => wrap(line, columns, '  ', '    '))]]),
    ...(config === null ? [] : [[wrap(`wrote ${config}: ${chosen(report)}, for --config ${config}`, columns)]]),
    ...(page === null ? [] : [[`wrote ${page}; open it in a browser`]]),
  ];
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ files, n, unusable, seeds, candidates, seconds }: ComparisonReport): string {
  const left = unusable === 0 ? '' : ` (${formatCounted(unusable, 'window')} left out, of which nothing is known)`;
  return `${printable(files.join(', '))}: ${formatCounted(n, 'window')}${left} clustered in ${formatCounted(candidates.length, 'way')} from ${formatCounted(seeds.length, 'seed')} each, in ${formatSeconds(seconds)}`;
}

/** Why the config need not be that of the first row. */
function chosen({ candidates, configRank }: ComparisonReport): string {
  if (configRank === 1) return "the best encoder's config";
  const { encoder, method } = candidates[configRank! - 1]!;
  const why =
    candidates[0]!.encoder === 'series'
      ? 'none leaves series as they are, and one clusters by k-means'
      : 'one clusters by k-means';
  return `the config of number ${configRank}, ${encoder} with ${method}, which is the best for a run: ${why}`;
}

function basis({ rankedBy, labelled, seeds }: ComparisonReport): string {
  if (rankedBy === 'ari') {
    return `ranked by ARI, agreement with ${formatCounted(labelled ?? 0, 'label')}; means over ${formatCounted(seeds.length, 'seed')}`;
  }
  return 'ranked by stability, the agreement of the clusters of two seeds, and by the silhouette of the series in these clusters: without labels nothing tells which are right. The silhouette of the embedding is each encoder’s own and can’t be compared.';
}

/** Without labels there is nothing to agree with, and the silhouette of series ranks. */
function ranking({ candidates, rankedBy }: ComparisonReport, width: number): string {
  const right = (head: string, dropFirst?: number) => ({
    head,
    align: 'right' as const,
    ...(dropFirst !== undefined && { dropFirst }),
  });
  const isLabelled = rankedBy === 'ari';
  const columns = [
    right('#'),
    { head: 'encoder' },
    { head: 'method' },
    right('k'),
    isLabelled ? right('ARI') : undefined,
    isLabelled ? right('NMI', 3) : undefined,
    right('stability'),
    right('silhouette', 5),
    isLabelled ? right('of series', 2) : right('of series'),
    right('noise', 1),
    right('time'),
    right('encode', 4),
    right('cluster', 4),
    right('memory', 0),
  ];
  return plainTable(
    columns.filter((column) => column !== undefined),
    candidates.map((candidate) => candidateCells(candidate, '').filter((_, i) => columns[i] !== undefined)),
    width,
  );
}

/** What a method says to all encoders is said once. */
function toLines(failures: ComparisonReport['failures']): string[] {
  const reasons = [...new Set(failures.map(({ method, why }) => `${method ?? ''} ${why}`))];
  return reasons.map((reason) => {
    const alike = failures.filter(({ method, why }) => `${method ?? ''} ${why}` === reason);
    const { method, why } = alike[0]!;
    const encoders = alike.map(({ encoder }) => encoder).join(', ');
    return `${method === null ? encoders : `${encoders} with ${method}`}: ${why}`;
  });
}
