import { startTraining } from '../../train/start-training.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import type { TrainingProgress } from '../../train/training-progress.js';
import { formatCount, formatNumber, formatSeconds, formatShare } from '../summary/format.js';
import type { LineDisplay } from '../summary/line-display.js';

export interface WatchedTrainingOptions {
  /** What is shown of its progress. @default `trainingLine` */
  readonly toLine?: (progress: TrainingProgress) => string;
  /** Told the most memory that the process held, bytes. */
  readonly onPeak?: (bytes: number) => void;
}

/**
 * Trains in a process of its own, tells how far it is, and stops it on request.
 *
 * @throws SegtideError `aborted` when the signal is
 */
export async function trainUnderWatch(
  job: TrainingJob,
  display: LineDisplay,
  signal: AbortSignal,
  { toLine = trainingLine, onPeak }: WatchedTrainingOptions = {},
): Promise<TrainingResult> {
  const training = startTraining(job, { onProgress: (progress) => display.show(() => toLine(progress)), onPeak });
  const stop = (): void => void training.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await training.result;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A training in one line: updates, epoch, losses, pace, and the time that is left. */
export function trainingLine(progress: TrainingProgress): string {
  const { updates, of, epoch, trainLoss, heldOutLoss, windowsPerSecond, remainingMs } = progress;
  return [
    `training ${formatShare(updates / of)}`,
    `${formatCount(updates)} of ${formatCount(of)} updates`,
    `epoch ${epoch.toFixed(1)}`,
    `loss ${formatNumber(trainLoss)}, held out ${formatNumber(heldOutLoss)}`,
    `${formatCount(windowsPerSecond)} windows/s`,
    `${formatSeconds(remainingMs / 1000)} left`,
  ].join('  ');
}
