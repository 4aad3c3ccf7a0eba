import { toWorker } from '../numeric/worker.js';
import type { PluginAnswer, PluginCall, PluginStart } from './plugin-call.js';
import type { PluginHaltedError } from './plugin-halted-error.js';

/** One thread of a plug-in. */
export interface CalledThread {
  /**
   * Asks it something, while it is asked nothing else.
   *
   * @param limitMs after which it is ended; undefined waits as long as it takes
   * @throws PluginHaltedError where it is lost, before or meanwhile
   */
  ask(call: PluginCall, limitMs: number | undefined): Promise<PluginAnswer>;
  /** How it was lost: it hung, or it ended; undefined while it takes calls. */
  readonly lost: PluginHaltedError | undefined;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

/**
 * Starts a thread, which keeps no process alive while it is idle.
 *
 * @param toError says how it was lost
 */
export function startThread(
  start: PluginStart,
  toError: (text: string, cause?: unknown) => PluginHaltedError,
): CalledThread {
  const thread = toWorker(new URL('./plugin-thread.js', import.meta.url), start, { stdout: true });
  // Standard output is for results.
  thread.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
  thread.unref();
  let lost: PluginHaltedError | undefined;
  let waiting: { readonly id: number; settle(answer: PluginAnswer | PluginHaltedError): void } | undefined;

  function lose(text: string, cause?: unknown): void {
    lost ??= toError(text, cause);
    waiting?.settle(lost);
  }

  thread.on('message', (answer: PluginAnswer) => {
    if (answer.id === waiting?.id) waiting.settle(answer);
  });
  thread.on('error', (cause) => lose(`failed beside its calls: ${cause.message}`, cause));
  thread.on('exit', () => lose('ended its thread; it must not exit the process'));

  return {
    ask: (call, limitMs) =>
      new Promise((resolve, reject) => {
        if (lost !== undefined) return reject(lost);
        thread.ref();
        // An answer may have come while this thread was busy: it is heard first.
        const timer = limitMs === undefined ? undefined : setTimeout(() => setImmediate(expire), limitMs);
        const expire = (): void => {
          if (waiting?.id !== call.id) return;
          lose(`did not come back from ${call.method}() within ${limitMs! / 1000} s, and was ended`);
          void thread.terminate();
        };
        waiting = {
          id: call.id,
          settle: (answer) => {
            waiting = undefined;
            clearTimeout(timer);
            thread.unref();
            if (answer instanceof Error) reject(answer);
            else resolve(answer);
          },
        };
        thread.postMessage(call);
      }),
    get lost() {
      return lost;
    },
    end: async () => {
      await thread.terminate();
    },
  };
}
