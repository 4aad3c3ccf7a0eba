import { type ErrorCode, SegtideError } from '../errors.js';
import { toWorker } from '../numeric/worker.js';
import { LOAD, type PluginAnswer, type PluginCall, type PluginStart } from './plugin-call.js';
import type { PluginKind, PluginModule } from './plugin-module.js';

/** A plug-in in its thread. Calls are made one after another, in the order in which they were asked for. */
export interface RunningPlugin {
  /**
   * @throws SegtideError of the code it was opened with: where the plug-in threw it takes further calls; where it can't
   * be loaded, hung or ended, it takes none
   */
  call(method: string, args: readonly unknown[], options?: CallOptions): Promise<unknown>;
  /** Calls what opens something, which stays in the thread. @returns what `call` takes as `on` */
  open(args: readonly unknown[]): Promise<number>;
  /** Whether it takes no more calls. */
  readonly isEnded: boolean;
  /** Ends the thread, whatever it does; calls that wait are rejected. */
  close(): Promise<void>;
}

export interface CallOptions {
  /** What `open` gave. @default the plug-in itself */
  readonly on?: number;
  /** Waits as long as it takes: somebody else ends it. @default false */
  readonly isUnlimited?: boolean;
}

/** Starts a plug-in's thread; its module is loaded before the first call. An idle thread keeps no process alive. */
export function openPlugin(plugin: PluginModule, kind: PluginKind, code: ErrorCode): RunningPlugin {
  const { name, module, timeLimitMs } = plugin;
  const thread = toWorker(new URL('./plugin-thread.js', import.meta.url), { kind, module } satisfies PluginStart, {
    stdout: true,
  });
  // Standard output is for results.
  thread.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
  thread.unref();
  let ended: SegtideError | undefined;
  let waiting: { readonly id: number; settle(answer: PluginAnswer | SegtideError): void } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let nextId = 0;

  const end = (error: SegtideError): void => {
    ended ??= error;
    waiting?.settle(ended);
  };
  const refused = (text: string, options: { readonly cause?: unknown } = {}): SegtideError =>
    new SegtideError(code, `the plug-in ${name} ${text}`, options);
  thread.on('message', (answer: PluginAnswer) => {
    if (answer.id === waiting?.id) waiting.settle(answer);
  });
  thread.on('error', (cause) => end(refused(`failed beside its calls: ${cause.message}`, { cause })));
  thread.on('exit', () => end(refused('ended its thread; it must not exit the process')));

  function ask(call: PluginCall, isUnlimited: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      thread.ref();
      const timer = isUnlimited ? undefined : setTimeout(() => setImmediate(expire), timeLimitMs);
      // An answer may have come while this thread was busy: it is heard first.
      const expire = (): void => {
        if (waiting?.id !== call.id) return;
        end(refused(`did not come back from ${call.method}() within ${timeLimitMs / 1000} s, and was ended`));
        void thread.terminate();
      };
      waiting = {
        id: call.id,
        settle: (answer) => {
          waiting = undefined;
          clearTimeout(timer);
          thread.unref();
          if (answer instanceof SegtideError) reject(answer);
          else if ('result' in answer) resolve(answer.result);
          else reject(toError(answer, call.method));
        },
      };
      thread.postMessage(call);
    });
  }

  function toError(
    { failure, text }: Extract<PluginAnswer, { readonly failure: string }>,
    method: string,
  ): SegtideError {
    if (failure === 'threw') return refused(`threw in ${method}(): ${text}`);
    end(refused(`can't be used: ${text}`));
    return ended!;
  }

  const call = (
    method: string,
    args: readonly unknown[],
    { on, isUnlimited = false }: CallOptions = {},
    keeps = false,
  ) => {
    const id = nextId++;
    const result = last.then(() => ask({ id, on, method, args, keeps }, isUnlimited));
    last = result.catch(() => undefined);
    return { id, result };
  };
  return {
    call: (method, args, options) => call(method, args, options).result,
    open: async (args) => {
      const { id, result } = call('open', args, {}, true);
      await result;
      return id;
    },
    get isEnded() {
      return ended !== undefined;
    },
    close: async () => {
      end(new SegtideError('aborted', `the plug-in ${name} was closed`));
      await thread.terminate();
    },
  };
}

/**
 * Loads a plug-in and lets it go again, to find out whether it can be used long before it is needed.
 *
 * @throws SegtideError `config` that says why not
 */
export async function checkPlugin(plugin: PluginModule, kind: PluginKind): Promise<void> {
  const running = openPlugin(plugin, kind, 'config');
  try {
    await running.call(LOAD, []);
  } finally {
    await running.close();
  }
}
