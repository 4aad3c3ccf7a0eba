import { constants, getPriority, setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import { SegtideError } from '../errors.js';
import { peakMemory } from '../numeric/peak-memory.js';
import { toWorker } from '../numeric/worker.js';
import { runTrainingJob } from './run-training-job.js';
import type { TrainingOrder, TrainingReport } from './start-training.js';
import { memoryAdvice } from './training-end.js';

// The process of one training: an order in, progress and one outcome out.

process.title = 'segtide training';

// A terminal sends what ends a process to this one as well: how the training ends is its parent's business.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

process.once('message', ({ job, background, parent }: TrainingOrder) => {
  // A training is one long computation, in which no event of this thread tells that whoever asked for it is gone.
  toWorker(new URL('./parent-watch.js', import.meta.url), parent).unref();
  if (background) stepBack();
  const onProgress = (report: TrainingReport & { kind: 'progress' }): void => void process.send?.(report);
  runTrainingJob(job, {
    now: () => performance.now(),
    onProgress: (progress) => onProgress({ kind: 'progress', progress }),
  }).then(
    (result) => conclude({ kind: 'result', result, peakBytes: peakMemory() }),
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
