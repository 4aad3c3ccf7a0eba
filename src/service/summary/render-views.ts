import type { ViewRecord } from '../../train/model-artifact.js';
import { wrap } from './format.js';

/** What each view counts in a model's embedding, and why one tells nothing; no lines where there are no views. */
export function renderViews(views: readonly ViewRecord[], width: number): string[] {
  if (views.length === 0) return [];
  const weights = views.map(({ kind, weight }) => `${kind} ${weight.toFixed(2)}`);
  return [
    wrap(`views by weight: ${weights.join(', ')}`, width, '    ', '      '),
    ...views
      .filter(({ degenerate }) => degenerate !== null)
      .map(({ kind, degenerate }) => wrap(`no view ${kind}: ${degenerate}`, width, '    ', '      ')),
  ];
}
