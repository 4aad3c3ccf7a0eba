import type { VraeProgress } from '../encode/vrae/train-vrae.js';
import { type ErrorCode, SegtideError } from '../errors.js';
import { toWorker } from '../numeric/worker.js';
import type { TrainingJob, TrainingResult } from './training-job.js';

/** A training under way. */
export interface Training {
  readonly result: Promise<TrainingResult>;
  /** Ends the thread; the result is then rejected with `aborted`. */
  stop(): Promise<void>;
}

export interface StartTrainingOptions {
  readonly onProgress?: ((progress: VraeProgress) => void) | undefined;
}

type ThreadReport =
  | { readonly kind: 'progress'; readonly progress: VraeProgress }
  | { readonly kind: 'result'; readonly result: TrainingResult }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly text: string };

/** Runs a training in a thread of its own, so that no event loop waits for it. */
export function startTraining(job: TrainingJob, options: StartTrainingOptions = {}): Training {
  const thread = toWorker(new URL('./training-thread.js', import.meta.url), job);
  const result = new Promise<TrainingResult>((resolve, reject) => {
    thread.on('message', (report: ThreadReport) => {
      if (report.kind === 'progress') options.onProgress?.(report.progress);
      else if (report.kind === 'result') resolve(report.result);
      else reject(new SegtideError(report.code, report.text));
    });
    thread.on('error', (cause) =>
      reject(new SegtideError('encoder', `The training's thread failed: ${cause.message}`, { cause })),
    );
    // After a result this changes nothing.
    thread.on('exit', () => reject(new SegtideError('aborted', 'The training was stopped.')));
  });
  // Whoever stops a training need not wait for its result.
  result.catch(() => undefined);
  return {
    result,
    stop: async () => {
      await thread.terminate();
    },
  };
}
