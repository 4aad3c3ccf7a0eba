import { type ErrorCode, SegtideError } from '../errors.js';
import { type CalledThread, startThread } from './called-thread.js';
import { LOAD, type PluginCall } from './plugin-call.js';
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

/** To load a module once more may take so long, whatever time its calls may take. */
const LEAST_LOAD_MS = 60_000;

/** Starts a plug-in's thread; its module is loaded before the first call. An idle thread keeps no process alive. */
export function openPlugin(
  { name, module, timeLimitMs }: PluginModule,
  kind: PluginKind,
  code: ErrorCode,
  { mostHalts = 0 }: OpenPluginOptions = {},
): RunningPlugin {
  const start = (): CalledThread =>
    startThread(
      { kind, module },
      (text, cause) => new PluginHaltedError(code, `the plug-in ${name} ${text}`, { cause }),
    );
  let thread = start();
  let isLoaded = false;
  /** What is open, by the call that opened it: another thread opens it again. */
  const opened = new Map<number, PluginCall>();
  /** Threads in a row that were lost without an answer. */
  let halts = 0;
  let ended: SegtideError | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let nextId = 0;

  /** Asks the thread that there is; a plug-in that can't be used takes no more. */
  async function put(call: PluginCall, limitMs: number | undefined): Promise<unknown> {
    const answer = await thread.ask(call, limitMs).catch((error: unknown) => {
      throw ended ?? error;
    });
    if ('result' in answer) return answer.result;
    const { failure, text } = answer;
    if (failure === 'threw') throw new SegtideError(code, `the plug-in ${name} threw in ${call.method}(): ${text}`);
    ended ??= new SegtideError(code, `the plug-in ${name} can't be used: ${text}`);
    throw ended;
  }

  /** Loads the module, and opens again what was open in a thread that was lost. */
  async function load(isUnlimited: boolean): Promise<void> {
    const call = { id: nextId++, on: undefined, method: LOAD, args: [], keeps: false };
    const limitMs = mostHalts === 0 ? timeLimitMs : Math.max(LEAST_LOAD_MS, timeLimitMs);
    await put(call, isUnlimited ? undefined : limitMs);
    for (const opening of opened.values()) {
      await put(opening, timeLimitMs).catch((error: SegtideError) => {
        if (!(error instanceof PluginHaltedError)) ended ??= error;
        throw error;
      });
    }
    isLoaded = true;
  }

  /** Begins anew where a thread was lost, so that a call finds one that is loaded. */
  async function prepare(isUnlimited: boolean): Promise<void> {
    while (ended === undefined && (!isLoaded || thread.lost !== undefined)) {
      if (thread.lost !== undefined) {
        if (++halts > mostHalts) {
          ended = thread.lost;
          break;
        }
        thread = start();
        isLoaded = false;
      }
      await load(isUnlimited).catch((error: unknown) => {
        if (!(error instanceof PluginHaltedError)) throw error;
      });
    }
    if (ended !== undefined) throw ended;
  }

  async function ask(call: PluginCall, isUnlimited: boolean): Promise<unknown> {
    const isClose = call.method === 'close' && call.on !== undefined;
    if (isClose) opened.delete(call.on!);
    // What was open in it is gone with a thread that was lost.
    if (isClose && thread.lost !== undefined) return undefined;
    await prepare(isUnlimited);
    try {
      const result = await put(call, isUnlimited ? undefined : timeLimitMs);
      if (call.keeps) opened.set(call.id, call);
      return result;
    } finally {
      if (thread.lost === undefined) halts = 0;
    }
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
      return ended !== undefined || (thread.lost !== undefined && halts >= mostHalts);
    },
    close: async () => {
      ended ??= new SegtideError('aborted', `the plug-in ${name} was closed`);
      await thread.end();
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
