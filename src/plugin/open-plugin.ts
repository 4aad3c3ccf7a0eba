import type { Worker } from 'node:worker_threads';
import { type ErrorCode, SegtideError } from '../errors.js';
import { toWorker } from '../numeric/worker.js';
import { LOAD, type PluginAnswer, type PluginCall, type PluginStart } from './plugin-call.js';
import { PluginHaltedError } from './plugin-halted-error.js';
import type { PluginKind, PluginModule } from './plugin-module.js';

/** A plug-in in its thread. Calls are made one after another, in the order in which they were asked for. */
export interface RunningPlugin {
  /**
   * @throws SegtideError of the code it was opened with: where the plug-in threw it takes further calls; where it can't
   * be loaded it takes none
   * @throws PluginHaltedError where it hung or ended its thread: it takes further calls in another, if it was opened so
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

export interface OpenPluginOptions {
  /** Calls in a row that may hang or end their thread, after each of which another is started. @default 0 */
  readonly mostHalts?: number;
}

/** Of a module that hangs when it is loaded, whatever time its calls may take. */
const LEAST_LOAD_MS = 60_000;

/** Starts a plug-in's thread; its module is loaded before the first call. An idle thread keeps no process alive. */
export function openPlugin(
  { name, module, timeLimitMs }: PluginModule,
  kind: PluginKind,
  code: ErrorCode,
  { mostHalts = 0 }: OpenPluginOptions = {},
): RunningPlugin {
  /** What is open, by the call that opened it: another thread opens it again. */
  const opened = new Map<number, PluginCall>();
  let thread = start();
  let isLoaded = false;
  let halted: PluginHaltedError | undefined;
  let halts = 0;
  let ended: SegtideError | undefined;
  let waiting: { readonly id: number; settle(answer: PluginAnswer | SegtideError): void } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let nextId = 0;

  function start(): Worker {
    const started = toWorker(new URL('./plugin-thread.js', import.meta.url), { kind, module } satisfies PluginStart, {
      stdout: true,
    });
    // Standard output is for results.
    started.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
    started.unref();
    started.on('message', (answer: PluginAnswer) => {
      if (answer.id === waiting?.id) waiting.settle(answer);
    });
    started.on('error', (cause) => halt(started, `failed beside its calls: ${cause.message}`, cause));
    started.on('exit', () => halt(started, 'ended its thread; it must not exit the process'));
    return started;
  }

  const refused = (text: string): SegtideError => new SegtideError(code, `the plug-in ${name} ${text}`);

  /** The thread is lost, and with it the call that it was asked. */
  function halt(lost: Worker, text: string, cause?: unknown): void {
    if (lost !== thread || halted !== undefined || ended !== undefined) return;
    halted = new PluginHaltedError(code, `the plug-in ${name} ${text}`, { cause });
    if (++halts > mostHalts) ended = halted;
    waiting?.settle(halted);
  }

  function end(error: SegtideError): void {
    ended ??= error;
    waiting?.settle(ended);
  }

  async function ask(call: PluginCall, isUnlimited: boolean): Promise<unknown> {
    if (ended !== undefined) throw ended;
    if (halted !== undefined) {
      halted = undefined;
      thread = start();
      isLoaded = false;
    }
    if (!isLoaded) {
      const load = { id: nextId++, on: undefined, method: LOAD, args: [], keeps: false };
      await put(load, isUnlimited ? undefined : Math.max(LEAST_LOAD_MS, timeLimitMs));
      isLoaded = true;
      await openAgain();
    }
    const result = await put(call, isUnlimited ? undefined : timeLimitMs).catch((error: unknown) => {
      if (!(error instanceof PluginHaltedError)) halts = 0;
      throw error;
    });
    halts = 0;
    if (call.keeps) opened.set(call.id, call);
    if (call.method === 'close' && call.on !== undefined) opened.delete(call.on);
    return result;
  }

  async function openAgain(): Promise<void> {
    for (const opening of opened.values()) {
      await put(opening, timeLimitMs).catch((error: SegtideError) => {
        if (!(error instanceof PluginHaltedError)) end(error);
        throw error;
      });
    }
  }

  function put(call: PluginCall, limitMs: number | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (ended ?? halted) return reject(ended ?? halted);
      const asked = thread;
      asked.ref();
      const timer = limitMs === undefined ? undefined : setTimeout(() => setImmediate(expire), limitMs);
      // An answer may have come while this thread was busy: it is heard first.
      const expire = (): void => {
        if (waiting?.id !== call.id) return;
        halt(asked, `did not come back from ${call.method}() within ${limitMs! / 1000} s, and was ended`);
        void asked.terminate();
      };
      waiting = {
        id: call.id,
        settle: (answer) => {
          waiting = undefined;
          clearTimeout(timer);
          asked.unref();
          if (answer instanceof SegtideError) reject(answer);
          else if ('result' in answer) resolve(answer.result);
          else reject(toError(answer, call.method));
        },
      };
      asked.postMessage(call);
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
