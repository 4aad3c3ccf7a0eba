import pc from 'picocolors';
import type { EvaluationReport } from '../model/evaluation-report.js';
import { formatCount, formatCounted, formatNumber, formatSeconds, wrap } from './format.js';
import { plainTable } from './plain-table.js';
import { renderEncoder } from './render-encoder.js';
import { renderModelSegments } from './render-model-segments.js';
import type { SummaryStyle } from './render-summary.js';
import { renderViews } from './render-views.js';

/** What an evaluation found, for people to read. */
export function renderEvaluation(report: EvaluationReport, { width, color }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(40, Math.min(width, 120));
  const parts = [
    [colors.bold(wrap(headline(report), columns))],
    [colors.bold('Quality'), qualities(report, columns), ...caution(report, columns)],
    [colors.bold(`Segments: ${report.k}, ${origin(report)}`), renderModelSegments(report.segments, report.n, columns)],
    [colors.bold('Model'), ...model(report, columns)],
  ];
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const ORIGINS: Readonly<Record<EvaluationReport['kFrom'], string>> = {
  option: 'as asked for',
  labels: 'as many as there are classes',
  silhouette: 'chosen by silhouette',
  model: 'those of the model',
};

function origin({ k, kAsked, kFrom }: EvaluationReport): string {
  const fewer = kAsked !== null && k < kAsked;
  return fewer ? `fewer than the ${kAsked} classes: the windows differ too little` : ORIGINS[kFrom];
}

function headline({ file, n, steps, channels, fit, fitted, seconds }: EvaluationReport): string {
  const shape = `windows of ${formatCount(steps)} steps${channels > 1 ? ` and ${channels} channels` : ''}`;
  const split = {
    all: 'fitted and scored',
    half: `scored by a model of the other ${formatCount(fitted)}`,
    none: 'scored by a model that was fitted before',
  }[fit];
  return `${file === '-' ? 'standard input' : file}: ${formatCount(n)} ${shape}, ${split} in ${formatSeconds(seconds)}`;
}

function qualities(report: EvaluationReport, width: number): string {
  const { n, ari, nmi, silhouette, reconstructionError, unlabelled } = report;
  const labelled = unlabelled ? ` of ${formatCount(n - unlabelled)} windows; the others have none` : '';
  const score = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
  return plainTable(
    [{ head: 'score' }, { head: 'value', align: 'right' }, { head: 'meaning', least: 20 }],
    [
      [
        'ARI',
        score(ari),
        ari === null ? 'name the labels by --label-column' : `agreement with the labels${labelled}; chance is 0`,
      ],
      [
        'NMI',
        score(nmi),
        nmi === null ? 'name the labels by --label-column' : `information shared with the labels${labelled}, 0–1`,
      ],
      ['silhouette', score(silhouette), 'how far apart segments lie among embeddings, -1–1'],
      [
        'reconstruction error',
        reconstructionError === null ? '–' : formatNumber(reconstructionError),
        reconstructionError === null && report.latent === null
          ? `none: encoder ${report.encoder} gives no windows back`
          : 'mean squared, on prepared values',
      ],
    ],
    width,
  );
}

/** Scores of a handful of windows are little else than chance. */
function caution({ n, k }: EvaluationReport, width: number): string[] {
  if (n >= LEAST_TO_SCORE && k < n) return [];
  const text = `with ${formatCounted(n, 'window')} in ${formatCounted(k, 'segment')} the scores mean nothing; give more`;
  return [wrap(text, width, '  ', '  ')];
}

const LEAST_TO_SCORE = 10;

function model(report: EvaluationReport, width: number): string[] {
  const { modelVersion, warning, sound, why } = report;
  const lines = [`  ${modelVersion}  ${renderEncoder(report).join(', ')}`];
  lines.push(...renderViews(report.views, width));
  if (warning !== null) lines.push(wrap(`warning: ${warning}`, width, '    ', '      '));
  const verdict = sound ? 'sound' : `would be refused: ${why.join('; ')}`;
  return sound === null ? lines : [...lines, wrap(`the gate: ${verdict}`, width, '    ', '      ')];
}
