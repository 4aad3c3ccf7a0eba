import type { RunSummary } from '../run-summary.js';

/** Whether a run has no model because none of its trainings, of which there were some, came to its end. */
export function trainingsFailed({ models, modelVersion }: Pick<RunSummary, 'models' | 'modelVersion'>): boolean {
  return modelVersion === null && models.length > 0 && models.every(({ failed }) => failed);
}
