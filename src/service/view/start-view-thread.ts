import { type ErrorCode, SegtideError } from '../../errors.js';
import { toWorker } from '../../numeric/worker.js';
import type { Log } from '../log.js';
import type { Progress } from '../run-summary.js';
import type { ViewSettings } from './view-settings.js';

/** What a run tells the thread of its view. */
export type ToViewThread = { readonly kind: 'progress'; readonly progress: Progress } | { readonly kind: 'close' };

/** What the thread tells. */
export type FromViewThread =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'failed'; readonly message: string; readonly code: ErrorCode | undefined }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly text: string;
      readonly fields: Parameters<Log['info']>[1];
    };

/** A view in a thread of its own. */
export interface ViewThread {
  readonly url: string;
  /** May be called as often as one likes. */
  progress(progress: Progress): void;
  close(): Promise<void>;
}

/** Pause between two messages to the thread, ms. */
const TELL_EVERY_MS = 250;

/**
 * Starts a view beside a run.
 *
 * @param now ms
 * @throws SegtideError `config` where the address can't be listened on
 */
export async function startViewThread(settings: ViewSettings, log: Log, now: () => number): Promise<ViewThread> {
  const worker = toWorker(new URL('./view-thread.js', import.meta.url), settings);
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let toldAt = Number.NEGATIVE_INFINITY;
  let toldPhase = '';
  const url = await new Promise<string>((resolve, reject) => {
    worker.on('message', (told: FromViewThread) => {
      if (told.kind === 'log') log[told.level](told.text, told.fields);
      else if (told.kind === 'listening') resolve(told.url);
      else reject(new SegtideError(told.code ?? 'output', told.message));
    });
    worker.on('error', (error) => {
      log.error(`the view has ended: ${error.message}`);
      reject(error);
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return {
    url,
    progress(progress) {
      const at = now();
      if (at - toldAt < TELL_EVERY_MS && progress.phase === toldPhase) return;
      toldAt = at;
      toldPhase = progress.phase;
      worker.postMessage({ kind: 'progress', progress } satisfies ToViewThread);
    },
    async close() {
      worker.postMessage({ kind: 'close' } satisfies ToViewThread);
      await gone;
    },
  };
}
