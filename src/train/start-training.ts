import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type ErrorCode, SegtideError } from '../errors.js';
import { toChildProcess } from '../numeric/child-process.js';
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
  /** Takes less of the processor than whoever runs beside it. @default false */
  readonly background?: boolean;
}

/** What the process is told. */
export interface TrainingOrder {
  readonly job: TrainingJob;
  readonly background: boolean;
}

/** What the process tells. */
export type TrainingReport =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'result'; readonly result: TrainingResult }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly text: string };

/**
 * Runs a training in a process of its own: no event loop waits for it, all of its memory goes back to the system when it
 * ends, and when it dies, whatever of, the result is rejected with `encoder` and nothing else happens.
 */
export function startTraining(
  job: TrainingJob,
  { onProgress, background = false }: StartTrainingOptions = {},
): Training {
  const child = toChildProcess(new URL('./training-process.js', import.meta.url));
  const ended = once(child, 'close');
  let stopped = false;
  const result = new Promise<TrainingResult>((resolve, reject) => {
    const lastWords = listenTo(child);
    child.on('message', (report: TrainingReport) => {
      if (report.kind === 'progress') onProgress?.(report.progress);
      else if (report.kind === 'result') resolve(report.result);
      else reject(new SegtideError(report.code, report.text));
    });
    child.on('error', (cause) => reject(died(`could not be run: ${cause.message}`, cause)));
    // After an outcome this changes nothing.
    child.on('close', (code, signal) => {
      if (stopped) reject(new SegtideError('aborted', 'The training was stopped.'));
      else reject(died(`ended by ${signal ?? `exit code ${code}`}${lastWords()}`));
    });
  });
  // Whoever stops a training need not wait for its result.
  result.catch(() => undefined);
  ended.catch(() => undefined);
  // A process that is gone already says so by its end.
  child.send({ job, background } satisfies TrainingOrder, () => undefined);
  return {
    result,
    stop: async () => {
      stopped = true;
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}

/** Keeps the end of what a process says on standard error, and picks the line that tells why it ended. */
function listenTo({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MOST_WORDS);
  });
  return () => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const telling = lines.find((line) => /FATAL|Error/.test(line)) ?? lines.at(-1);
    return telling === undefined ? '' : ` (${telling.trim().slice(0, 300)})`;
  };
}

const MOST_WORDS = 16_384;

function died(how: string, cause?: unknown): SegtideError {
  return new SegtideError('encoder', `The training's process ${how}.`, {
    cause,
    retriable: true,
  });
}
