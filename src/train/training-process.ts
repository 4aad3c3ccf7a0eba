import { constants, getPriority, setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import { SegtideError } from '../errors.js';
import { runTrainingJob } from './run-training-job.js';
import type { TrainingOrder, TrainingReport } from './start-training.js';
import { memoryAdvice } from './training-end.js';

// The process of one training: an order in, progress and one outcome out.

const parent = process.ppid;
process.title = 'segtide training';

process.once('message', ({ job, background }: TrainingOrder) => {
  if (background) stepBack();
  const onProgress = (progress: TrainingReport & { kind: 'progress' }): void => {
    // A training is one long computation, in which no event tells that whoever asked for it is gone.
    if (process.ppid !== parent) process.exit();
    process.send?.(progress);
  };
  runTrainingJob(job, {
    now: () => performance.now(),
    onProgress: (progress) => onProgress({ kind: 'progress', progress }),
  }).then(
    (result) => conclude({ kind: 'result', result }),
    (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      if (error instanceof SegtideError) conclude({ kind: 'error', code: error.code, text });
      else conclude({ kind: 'error', code: 'encoder', text: text + memoryAdvice(text) });
    },
  );
});
process.once('disconnect', () => process.exit());

function conclude(report: TrainingReport): void {
  process.send?.(report, () => process.exit());
}

/** Gives way to the stream, where that is allowed. */
function stepBack(): void {
  try {
    // One that is lower already stays: to raise it needs rights.
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // A sandbox may forbid it: the training then runs like any other process.
  }
}
