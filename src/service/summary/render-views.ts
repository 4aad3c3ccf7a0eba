import type { ViewRecord } from '../../train/model-artifact.js';
import { wrap } from './format.js';

/** What each view counts in a model's embedding, and why one tells nothing; no lines where there are no views. */
export function renderViews(views: readonly ViewRecord[], width: number): string[] {
  if (views.length === 0) return [];
  const lines: string[] = [];
  if (views.some(({ degenerate }) => degenerate === null)) {
    lines.push(`views by weight: ${views.map(({ kind, weight }) => `${kind} ${weight.toFixed(2)}`).join(', ')}`);
  }
  for (const reason of new Set(views.map(({ degenerate }) => degenerate))) {
    const kinds = views.filter(({ degenerate }) => degenerate === reason).map(({ kind }) => kind);
    if (reason !== null) lines.push(`no view ${kinds.join(', ')}: ${reason}`);
  }
  return lines.map((line) => wrap(line, width, '    ', '      '));
}
