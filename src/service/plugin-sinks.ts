import { SegtideError } from '../errors.js';
import { openPlugin, type RunningPlugin } from '../plugin/open-plugin.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import type { Sink } from '../ports.js';
import { createAssignmentLines } from '../publish/assignment-lines.js';
import { ASSIGNMENTS, type Output } from '../publish/output.js';
import type { StateStore } from '../transport/kafka/state-store.js';
import type { AssignmentSink } from '../worker/publisher.js';
import { pluginModules } from './config/plugin-modules.js';
import type { Config } from './config/schema.js';

/** Sinks of the user's own, which get records beside the place where results go. */
export interface PluginSinks {
  /** A sink that writes there, and to those that asked for its output. */
  beside<T>(output: Output<T>, sink: Sink<T>): Sink<T>;
  assignmentsBeside(sink: AssignmentSink): AssignmentSink;
  /** Resolves when each has told that everything so far is safe. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the sinks that a config names.
 *
 * @param names of the outputs that there will be records of
 * @throws SegtideError `output` where one can't be opened; so does every call after one has failed
 */
export async function openPluginSinks(config: Config, names: readonly string[]): Promise<PluginSinks> {
  const modules = pluginModules(config);
  const opening = config.output.plugins.flatMap(({ name, outputs = names }) => {
    const wanted = names.filter((each) => outputs.includes(each));
    return wanted.length === 0 ? [] : [openSink(modules.find((plugin) => plugin.name === name)!, wanted)];
  });
  const opened = await Promise.allSettled(opening);
  const sinks = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = opened.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(sinks.map((sink) => sink.close()));
    throw failed.reason;
  }
  const toLines = createAssignmentLines();
  const of = (output: string): readonly PluginSink[] => sinks.filter(({ outputs }) => outputs.includes(output));
  return {
    beside: (output, sink) => {
      const own = of(output.name);
      if (own.length === 0) return sink;
      return {
        async write(batch) {
          await sink.write(batch);
          if (batch.length === 0) return;
          const lines = batch.map((record) => output.toJson(record)).join('\n');
          for (const each of own) await each.write(output.name, lines);
        },
        flush: () => sink.flush(),
        close: () => sink.close(),
      };
    },
    assignmentsBeside: (sink) => {
      const own = of(ASSIGNMENTS.name);
      if (own.length === 0) return sink;
      return {
        async write(columns, emittedAt) {
          await sink.write(columns, emittedAt);
          const lines = Buffer.from(toLines(columns, emittedAt)).toString().trimEnd();
          for (const each of own) await each.write(ASSIGNMENTS.name, lines);
        },
        flush: () => sink.flush(),
        close: () => sink.close(),
      };
    },
    async flush() {
      await Promise.all(sinks.map((sink) => sink.flush()));
    },
    async close() {
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };
}

/** A store that commits what plug-ins have told to be safe: what is committed, they have. */
export function flushedBefore(plugins: Pick<PluginSinks, 'flush'>, store: StateStore): StateStore {
  return {
    open: () => store.open(),
    async commit(commit) {
      await plugins.flush();
      await store.commit(commit);
    },
    get logged() {
      return store.logged;
    },
    close: () => store.close(),
  };
}

interface PluginSink {
  readonly outputs: readonly string[];
  /** @param lines of JSON, at least one */
  write(output: string, lines: string): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

async function openSink(plugin: PluginModule, outputs: readonly string[]): Promise<PluginSink> {
  const running = openPlugin(plugin, 'sink', 'output');
  try {
    return startSink(running, await running.open([{ outputs }]), outputs);
  } catch (error) {
    await running.close();
    throw error;
  }
}

function startSink(running: RunningPlugin, on: number, outputs: readonly string[]): PluginSink {
  let failed: SegtideError | undefined;
  let closed: Promise<void> | undefined;
  const call = async (method: string, args: readonly unknown[]): Promise<void> => {
    if (failed !== undefined) throw failed;
    try {
      await running.call(method, args, { on });
    } catch (cause) {
      const text = `${(cause as Error).message}. What it did not get comes again after a restart`;
      failed ??= new SegtideError('output', text, { cause });
      throw failed;
    }
  };
  return {
    outputs,
    write: (output, lines) => call('write', [output, lines]),
    flush: () => call('flush', []),
    close: () => {
      closed ??= (async () => {
        try {
          // What failed before has been told.
          if (failed === undefined) await call('close', []);
        } finally {
          await running.close();
        }
      })();
      return closed;
    },
  };
}
