import { parentPort, workerData } from 'node:worker_threads';
import { SegtideError } from '../errors.js';
import { runTrainingJob } from './run-training-job.js';
import type { TrainingJob } from './training-job.js';

// The thread of one training: a job in, progress and one outcome out.
runTrainingJob(workerData as TrainingJob, {
  onProgress: (progress) => parentPort?.postMessage({ kind: 'progress', progress }),
}).then(
  (result) => parentPort?.postMessage({ kind: 'result', result }),
  (error: unknown) =>
    parentPort?.postMessage({
      kind: 'error',
      code: error instanceof SegtideError ? error.code : 'encoder',
      text: error instanceof Error ? error.message : String(error),
    }),
);
