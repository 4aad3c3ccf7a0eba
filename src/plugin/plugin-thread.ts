import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LOAD, type PluginAnswer, type PluginCall, type PluginStart } from './plugin-call.js';
import { PLUGIN_METHODS, type PluginKind } from './plugin-module.js';

// The body of a plug-in's thread: calls in, one answer each. What a plug-in opens stays here and goes by a number.

type Part = Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>>;

const opened = new Map<number, Part>();

function listen(port: MessagePort, { kind, module }: PluginStart): void {
  let loaded: Promise<Part> | undefined;
  port.on('message', async ({ id, on, method, args, keeps }: PluginCall) => {
    let failure: 'unfit' | 'threw' = 'unfit';
    try {
      loaded ??= load(kind, module);
      const plugin = await loaded;
      failure = 'threw';
      const part = on === undefined ? plugin : opened.get(on)!;
      // What is opened may have nothing to close.
      const result =
        method === LOAD || (method === CLOSE && part[CLOSE] === undefined) ? undefined : await part[method]!(...args);
      if (method === CLOSE && on !== undefined) opened.delete(on);
      if (keeps) opened.set(id, toPart(result, method));
      port.postMessage({ id, result: keeps ? undefined : result } satisfies PluginAnswer);
    } catch (error) {
      port.postMessage({ id, failure, text: inWords(error) } satisfies PluginAnswer);
    }
  });
}

const CLOSE = 'close';

async function load(kind: PluginKind, module: string): Promise<Part> {
  const { default: plugin } = (await import(module)) as { readonly default?: unknown };
  if (typeof plugin !== 'object' || plugin === null) {
    throw new TypeError(`its default export must be a plug-in, { kind: '${kind}', … }; it is ${nameOf(plugin)}`);
  }
  const { kind: given } = plugin as { readonly kind?: unknown };
  if (given !== kind) throw new TypeError(`it must be of kind '${kind}'; it is of ${JSON.stringify(given)}`);
  const missing = PLUGIN_METHODS[kind].filter((name) => typeof (plugin as Part)[name] !== 'function');
  if (missing.length > 0) throw new TypeError(`it has no ${missing.map((name) => `${name}()`).join(', ')}`);
  return plugin as Part;
}

function toPart(result: unknown, method: string): Part {
  if (typeof result === 'object' && result !== null) return result as Part;
  throw new TypeError(`${method}() must give an object; it gave ${nameOf(result)}`);
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : typeof value === 'undefined' ? 'not there' : `a ${typeof value}`;
}

/** With the line of the plug-in that it comes from, where there is one. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { module } = workerData as PluginStart;
  const line = error.stack?.split('\n').find((each) => each.includes(module));
  return `${error.message}${line === undefined ? '' : ` (${line.trim()})`}`;
}

if (parentPort !== null) listen(parentPort, workerData as PluginStart);
