import type { Worker } from 'node:worker_threads';
import { type ErrorCode, SegtideError } from '../../errors.js';
import { toWorker } from '../../numeric/worker.js';
import type { VraeFit, VraeJob, VraeProgress } from './vrae-job.js';

export interface TrainInThreadOptions {
  /** Aborting ends the thread at once, whatever it is doing. */
  readonly signal?: AbortSignal | undefined;
  /** Called on the event loop of the caller after each evaluation. */
  readonly onProgress?: ((progress: VraeProgress) => void) | undefined;
  /** Module to load tfjs-node from. @default '@tensorflow/tfjs-node' */
  readonly tfjsSpecifier?: string | undefined;
}

/** What the thread reads from `workerData`. */
export interface TrainingThreadJob {
  readonly job: VraeJob;
  readonly tfjsSpecifier: string | undefined;
}

/** What the thread sends. */
export type TrainingThreadReport =
  | { readonly kind: 'progress'; readonly progress: VraeProgress }
  | { readonly kind: 'fit'; readonly fit: VraeFit }
  | { readonly kind: 'failure'; readonly code: ErrorCode; readonly text: string };

/**
 * Fits a VRAE on a thread of its own, so that the caller's event loop goes on: same job and engine, same bytes as
 * `trainVrae`.
 *
 * The job is copied on the way in; the weights are handed over, not copied, on the way out. When the promise settles
 * the thread has ended.
 *
 * @throws SegtideError `aborted` when `signal` is; else as `trainVrae` and `createVraeNetwork`, and `encoder` when the
 * thread dies.
 */
export async function trainInThread(
  job: VraeJob,
  { signal, onProgress, tfjsSpecifier }: TrainInThreadOptions = {},
): Promise<VraeFit> {
  if (signal?.aborted) throw aborted(signal);
  const start: TrainingThreadJob = { job, tfjsSpecifier };
  const worker = toWorker(new URL('./training-thread.js', import.meta.url), start);
  try {
    return await outcome(worker, signal, onProgress);
  } finally {
    await worker.terminate();
  }
}

function outcome(
  worker: Worker,
  signal: AbortSignal | undefined,
  onProgress: TrainInThreadOptions['onProgress'],
): Promise<VraeFit> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => settle(() => reject(aborted(signal)));
    const settle = (how: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.on('message', (report: TrainingThreadReport) => {
      if (report.kind === 'progress') {
        try {
          onProgress?.(report.progress);
        } catch (cause) {
          settle(() => reject(cause));
        }
      } else if (report.kind === 'fit') {
        settle(() => resolve(report.fit));
      } else {
        settle(() => reject(new SegtideError(report.code, report.text)));
      }
    });
    worker.on('error', (cause) => {
      settle(() => reject(died(`failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause)));
    });
    worker.on('exit', (code) => settle(() => reject(died(`ended with code ${code}`))));
  });
}

function aborted(signal: AbortSignal | undefined): SegtideError {
  return new SegtideError('aborted', 'The training of the encoder was stopped on request.', { cause: signal?.reason });
}

function died(how: string, cause?: unknown): SegtideError {
  return new SegtideError('encoder', `The training thread ${how}. The model in use stays; try again.`, {
    cause,
    retriable: true,
  });
}
