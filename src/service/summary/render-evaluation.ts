import pc from 'picocolors';
import type { EvaluationReport } from '../evaluate/evaluation-report.js';
import { formatCount, formatNumber, formatSeconds, formatShare, wrap } from './format.js';
import { plainTable } from './plain-table.js';
import type { SummaryStyle } from './render-summary.js';
import { sparkline } from './sparkline.js';

/** What an evaluation found, for people to read. */
export function renderEvaluation(report: EvaluationReport, { width, color }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(40, Math.min(width, 120));
  const parts = [
    [colors.bold(wrap(headline(report), columns))],
    [colors.bold('Quality'), qualities(report, columns)],
    [colors.bold(`Segments: ${report.k}, ${ORIGINS[report.kFrom]}`), segments(report, columns)],
    [colors.bold('Model'), ...model(report, columns)],
  ];
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const ORIGINS: Readonly<Record<EvaluationReport['kFrom'], string>> = {
  option: 'as asked for',
  labels: 'as many as there are classes',
  silhouette: 'chosen by silhouette',
};

function headline({ file, n, steps, channels, fit, fitted, seconds }: EvaluationReport): string {
  const shape = `windows of ${formatCount(steps)} steps${channels > 1 ? ` and ${channels} channels` : ''}`;
  const split =
    fit === 'all' ? 'fitted and scored' : `scored by a model of the other ${formatCount(fitted)}, which it never saw,`;
  return `${file}: ${formatCount(n)} ${shape}, ${split} in ${formatSeconds(seconds)}`;
}

function qualities({ ari, nmi, silhouette, reconstructionError }: EvaluationReport, width: number): string {
  const score = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
  return plainTable(
    [{ head: 'score' }, { head: 'value', align: 'right' }, { head: 'meaning', least: 20 }],
    [
      [
        'ARI',
        score(ari),
        ari === null ? 'name the labels by --label-column' : 'agreement with the labels; chance is 0',
      ],
      [
        'NMI',
        score(nmi),
        nmi === null ? 'name the labels by --label-column' : 'information shared with the labels, 0–1',
      ],
      ['silhouette', score(silhouette), 'how far apart segments lie among embeddings, -1–1'],
      [
        'reconstruction error',
        reconstructionError === null ? '–' : formatNumber(reconstructionError),
        'mean squared, on prepared values',
      ],
    ],
    width,
  );
}

function segments({ segments: found, n }: EvaluationReport, width: number): string {
  return plainTable(
    [
      { head: 'id' },
      { head: 'share', align: 'right' },
      { head: 'windows', align: 'right' },
      { head: 'curve' },
      { head: 'name', least: 14 },
    ],
    found.map(({ segmentId, name, windows, prototype }) => [
      segmentId,
      formatShare(windows / n),
      formatCount(windows),
      sparkline(prototype, width >= 80 ? 32 : 14),
      name,
    ]),
    width,
  );
}

function model({ modelVersion, updates, activeUnits, latent, sound, why }: EvaluationReport, width: number): string[] {
  const verdict = sound ? 'sound' : `would be refused: ${why.join('; ')}`;
  return [
    `  ${modelVersion}  ${formatCount(updates)} updates, ${activeUnits} of ${latent} latent dimensions in use`,
    wrap(`the gate: ${verdict}`, width, '    ', '      '),
  ];
}
