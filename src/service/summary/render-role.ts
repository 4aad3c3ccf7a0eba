import type { TrainerSummary, WorkerSummary } from '../run/role.js';
import { formatCount, formatCounted, formatSeconds } from './format.js';

/** What a worker or a trainer did, in one line. */
export function renderRole(summary: WorkerSummary | TrainerSummary): string {
  return summary.role === 'worker' ? renderWorker(summary) : renderTrainer(summary);
}

function renderWorker({ seconds, events, windows, partitions, modelVersion }: WorkerSummary): string {
  const rate = seconds > 0 ? ` (${formatCount(events / seconds)}/s)` : '';
  const model = modelVersion === null ? 'no model yet' : `model ${modelVersion}`;
  const owned = partitions.length === 0 ? 'no partitions' : `partitions ${partitions.join(', ')}`;
  return `worker: ${formatCounted(events, 'event')}${rate}, ${formatCounted(windows, 'window')} in ${formatSeconds(seconds)}; ${owned} at the end, ${model}\n`;
}

function renderTrainer({ seconds, windows, published, trainings }: TrainerSummary): string {
  const models = published.length === 0 ? 'none published' : `published ${published.join(', ')}`;
  return `trainer: ${formatCounted(windows, 'window')} and ${formatCounted(trainings, 'training')} in ${formatSeconds(seconds)}; ${models}\n`;
}
