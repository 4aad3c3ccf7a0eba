import type { Fates } from '../../window/window-batch.js';
import type { NotifierSummary, TrainerSummary, WorkerSummary } from '../run/role.js';
import { formatCount, formatCounted, formatSeconds } from './format.js';

/** What a role did, in one line. */
export function renderRole(summary: WorkerSummary | TrainerSummary | NotifierSummary): string {
  if (summary.role === 'worker') return renderWorker(summary);
  return summary.role === 'trainer' ? renderTrainer(summary) : renderNotifier(summary);
}

function renderWorker({ seconds, events, fates, windows, partitions, modelVersion }: WorkerSummary): string {
  const rate = seconds > 0 ? ` (${formatCount(events / seconds)}/s)` : '';
  const model = modelVersion === null ? 'no model yet' : `model ${modelVersion}`;
  const owned = partitions.length === 0 ? 'no partitions' : `partitions ${partitions.join(', ')}`;
  return `worker: ${formatCounted(events, 'event')}${rate}${refused(fates)}, ${formatCounted(windows, 'window')} in ${formatSeconds(seconds)}; ${owned} at the end, ${model}\n`;
}

/** Which of the events no window took. */
function refused({ late, duplicate, deadLettered, quarantined, skipped }: Fates): string {
  const counts: [string, number][] = [
    ['late', late],
    ['dead-lettered', deadLettered + quarantined],
    ['duplicate', duplicate],
    ['skipped', skipped],
  ];
  const told = counts.filter(([, count]) => count > 0).map(([fate, count]) => `${formatCount(count)} ${fate}`);
  return told.length === 0 ? '' : `, of them ${told.join(', ')}`;
}

function renderTrainer({ seconds, windows, published, trainings }: TrainerSummary): string {
  const models = published.length === 0 ? 'none published' : `published ${published.join(', ')}`;
  return `trainer: ${formatCounted(windows, 'window')} and ${formatCounted(trainings, 'training')} in ${formatSeconds(seconds)}; ${models}\n`;
}

function renderNotifier({ seconds, delivered, undelivered }: NotifierSummary): string {
  const failed = undelivered === 0 ? '' : `, ${formatCount(undelivered)} undelivered`;
  return `notifier: ${formatCounted(delivered, 'alert')} delivered${failed} in ${formatSeconds(seconds)}\n`;
}
