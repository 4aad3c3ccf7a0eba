import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LOAD, type PluginAnswer, type PluginCall, type PluginStart } from './plugin-call.js';
import { OPENED_METHODS, PLUGIN_METHODS, type PluginKind } from './plugin-module.js';

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
      const isIdle = method === LOAD || (method === CLOSE && part[CLOSE] === undefined);
      const result = isIdle ? undefined : await part[method]!(...(READ[kind]?.[method]?.(args) ?? args));
      if (method === CLOSE && on !== undefined) opened.delete(on);
      if (keeps) opened.set(id, toPart(result, kind));
      port.postMessage({ id, result: keeps || ANSWERLESS.includes(kind) ? undefined : result } satisfies PluginAnswer);
    } catch (error) {
      port.postMessage({ id, failure, text: inWords(error) } satisfies PluginAnswer);
    }
  });
}

const CLOSE = 'close';

/** Kinds of which nobody wants to know what they give, which may be anything. */
const ANSWERLESS: readonly PluginKind[] = ['sink'];

type ReadArguments = (args: readonly unknown[]) => readonly unknown[];

/** What is handed over in another form than a plug-in gets it: records as lines of JSON, which is quicker. */
const READ: { readonly [kind in PluginKind]?: Readonly<Record<string, ReadArguments>> } = {
  sink: {
    write: ([output, lines]) => [output, (lines as string).split('\n').map((line) => JSON.parse(line) as unknown)],
  },
};

async function load(kind: PluginKind, module: string): Promise<Part> {
  const { default: plugin } = (await import(module)) as { readonly default?: unknown };
  if (typeof plugin !== 'object' || plugin === null) {
    throw new TypeError(`its default export must be a plug-in, { kind: '${kind}', … }; it is ${nameOf(plugin)}`);
  }
  const { kind: given } = plugin as { readonly kind?: unknown };
  if (given !== kind) throw new TypeError(`it must be of kind '${kind}'; it is of ${JSON.stringify(given)}`);
  const missing = missingOf(plugin as Part, PLUGIN_METHODS[kind]);
  if (missing !== '') throw new TypeError(`it has no ${missing}`);
  return plugin as Part;
}

function toPart(result: unknown, kind: PluginKind): Part {
  if (typeof result !== 'object' || result === null) {
    throw new TypeError(`open() must give an object; it gave ${nameOf(result)}`);
  }
  const missing = missingOf(result as Part, OPENED_METHODS[kind]);
  if (missing !== '') throw new TypeError(`open() gave something that has no ${missing}`);
  return result as Part;
}

/** Names of the methods that a part lacks. */
function missingOf(part: Part, methods: readonly string[]): string {
  return methods
    .filter((name) => typeof part[name] !== 'function')
    .map((name) => `${name}()`)
    .join(', ');
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
