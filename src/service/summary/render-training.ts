import pc from 'picocolors';
import type { TrainingSummary } from '../model/training-summary.js';
import { formatCount, formatCounted, formatNumber, formatSeconds, wrap } from './format.js';
import { renderEncoder } from './render-encoder.js';
import { renderModelSegments } from './render-model-segments.js';
import type { SummaryStyle } from './render-summary.js';
import { renderViews } from './render-views.js';

/**
 * What a training made, for people to read.
 *
 * @param next the command that goes on with it
 */
export function renderTraining(summary: TrainingSummary, next: string, { width, color }: SummaryStyle): string {
  const colors = pc.createColors(color);
  const columns = Math.max(40, Math.min(width, 120));
  const { model, modelVersion, segments, sampled, warning } = summary;
  const { reconstructionError, silhouette } = summary;
  const [origin, size] = renderEncoder(summary);
  const quality = `held-out reconstruction error ${reconstructionError === null ? '–' : formatNumber(reconstructionError)}, silhouette ${silhouette?.toFixed(3) ?? '–'}, ${size}`;
  const parts = [
    [colors.bold(wrap(headline(summary), columns))],
    [colors.bold(`Segments: ${segments.length}`), renderModelSegments(segments, sampled, columns)],
    [
      colors.bold('Model'),
      `  ${model}  ${modelVersion}, ${formatCount(summary.bytes)} bytes`,
      wrap(`${origin}; ${quality}`, columns, '    ', '    '),
      ...renderViews(summary.views, columns),
      ...(warning === null ? [] : [wrap(`warning: ${warning}`, columns, '    ', '    ')]),
    ],
    [colors.bold('Next'), `  ${next}`],
  ];
  return `\n${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ events, deadLetters, windows, sampled, steps, seconds }: TrainingSummary): string {
  const unread = deadLetters > 0 ? ` (${formatCount(deadLetters)} could not be read)` : '';
  const from = events === null ? '' : `${formatCounted(events, 'event')}${unread}, `;
  const sample = sampled < windows ? `, of which ${formatCount(sampled)} were sampled,` : '';
  return `${from}${formatCounted(windows, 'window')} of ${formatCounted(steps, 'step')}${sample} became a model in ${formatSeconds(seconds)}`;
}
