import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type ErrorCode, SegtideError } from '../errors.js';
import { toChildProcess } from '../numeric/child-process.js';
import { overdueTraining, toTrainingEndError } from './training-end.js';
import type { TrainingJob, TrainingResult } from './training-job.js';
import type { TrainingProgress } from './training-progress.js';

/** A training under way. */
export interface Training {
  readonly result: Promise<TrainingResult>;
  /** Ends the training at once, whatever it is doing; the result is then rejected with `aborted`. */
  stop(): Promise<void>;
}

export interface StartTrainingOptions {
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Told the most memory that the process held resident, bytes, where it comes to a result. */
  readonly onPeak?: ((bytes: number) => void) | undefined;
  /** Takes less of the processor than whoever runs beside it. @default false */
  readonly background?: boolean;
  /** Most time that it may take, in ms: one that hangs is ended then. @default an hour */
  readonly maxMs?: number | undefined;
}

/** What the process is told. */
export interface TrainingOrder {
  readonly job: TrainingJob;
  readonly background: boolean;
  /** Id of the process that asks for it. */
  readonly parent: number;
}

/** What the process tells. */
export type TrainingReport =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'result'; readonly result: TrainingResult; readonly peakBytes: number }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly text: string };

/**
 * Runs a training in a process of its own: no event loop waits for it, all of its memory goes back to the system when it
 * ends, and when it dies, whatever of, the result is rejected with `encoder` and nothing else happens.
 */
export function startTraining(
  job: TrainingJob,
  { onProgress, onPeak, background = false, maxMs = HOUR_MS }: StartTrainingOptions = {},
): Training {
  const child = toChildProcess(new URL('./training-process.js', import.meta.url));
  const ended = once(child, 'close');
  let stopped = false;
  let overdue = false;
  const timer = setTimeout(
    () => {
      overdue = true;
      // It may hear of nothing else any more.
      child.kill('SIGKILL');
    },
    Math.min(maxMs, MOST_TIMER_MS),
  ).unref();
  const result = new Promise<TrainingResult>((resolve, reject) => {
    const lastWords = listenTo(child);
    child.on('message', (report: TrainingReport) => {
      if (report.kind === 'progress') onProgress?.(report.progress);
      else if (report.kind === 'result') {
        onPeak?.(report.peakBytes);
        resolve(report.result);
      } else reject(new SegtideError(report.code, report.text));
    });
    child.on('error', (cause) => reject(notRun(cause)));
    // After an outcome this changes nothing.
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (overdue) reject(overdueTraining(maxMs));
      else if (stopped) reject(new SegtideError('aborted', 'The training was stopped.'));
      else reject(toTrainingEndError({ code, signal, said: lastWords() }));
    });
  });
  // Whoever stops a training need not wait for its result.
  result.catch(() => undefined);
  ended.catch(() => undefined);
  // A process that is gone already says so by its end.
  child.send({ job, background, parent: process.pid } satisfies TrainingOrder, () => undefined);
  return {
    result,
    stop: async () => {
      stopped = true;
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}

const HOUR_MS = 3_600_000;
/** Longer timers fire at once. */
const MOST_TIMER_MS = 2 ** 31 - 1;

/** Keeps the end of what a process says on standard error. */
function listenTo({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MOST_WORDS);
  });
  return () => text;
}

const MOST_WORDS = 16_384;

function notRun(cause: Error): SegtideError {
  const text = `The training's process could not be run: ${cause.message}.`;
  return new SegtideError('encoder', text, { cause, retriable: true });
}
