import { SegtideError } from '../../errors.js';
import { resolveStages } from '../config/resolve-stages.js';
import type { Config } from '../config/schema.js';
import type { StatusParts, StatusServer } from '../http/serve-status.js';
import type { RunFromConfig } from '../run-from-config.js';
import type { RunSummary } from '../run-summary.js';
import { describeNothingAccepted } from '../summary/nothing-accepted.js';
import { renderSummary } from '../summary/render-summary.js';
import { trainingsFailed } from '../summary/trainings-failed.js';
import { EXIT_CODES } from './exit-code.js';
import { openConsole } from './open-console.js';
import { freshOutputFolder } from './output-folder.js';
import { findConfigFile } from './read-config.js';
import { writeFailure } from './report-error.js';
import { tellUndelivered } from './tell-undelivered.js';
import { type Terminal, wantsColor } from './terminal.js';

export interface ReportFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Those of a run, which may name its config file. */
interface RunFlags extends ReportFlags {
  readonly config?: string;
}

/**
 * Runs the pipeline and tells the user about it: progress on standard error, the summary on standard output (on
 * standard error where that carries the records).
 *
 * @returns the exit code
 */
export async function runAndReport(
  config: Config,
  { config: path, json = false, quiet = false }: RunFlags,
  terminal: Terminal,
  run?: RunFromConfig,
): Promise<number> {
  resolveStages(config);
  const settled = settleOutput(config, json, terminal.now());
  const { display, log, stop } = openConsole(settled, { json, quiet }, terminal);
  let status: StatusServer | undefined;
  try {
    const runFromConfig = run ?? (await import('../run/run.js')).runFromConfig;
    const clock = { now: terminal.now };
    status = await openStatus(settled, { log, clock, signal: stop.signal });
    const deps = { signal: stop.signal, progress: display.show, log, clock, metrics: status?.registry };
    const summary = await runFromConfig(settled, deps);
    display.clear();
    const hasFile = findConfigFile(path, terminal.env) !== undefined;
    printSummary(summary, settled, { json, quiet, hasFile }, terminal);
    if (stop.exitCode !== undefined) return stop.exitCode;
    if (summary.interrupted) return EXIT_CODES.interrupted;
    const nothing = describeNothingAccepted(summary, settled);
    if (nothing !== undefined) {
      writeFailure({ code: 'nothing-accepted', message: nothing, retriable: false }, json, terminal);
      return EXIT_CODES.nothingAccepted;
    }
    if (trainingsFailed(summary)) {
      const message = `no model could be trained, and no window was assigned: ${summary.models.at(-1)?.why}`;
      writeFailure({ code: 'encoder', message, retriable: false }, json, terminal);
      return EXIT_CODES.encoder;
    }
    return tellUndelivered(summary.undelivered, json, terminal);
  } catch (error) {
    display.clear();
    if (stop.exitCode !== undefined && error instanceof SegtideError && error.code === 'aborted') return stop.exitCode;
    throw error;
  } finally {
    await status?.close();
    stop.close();
  }
}

/** Files end by themselves, and are read without a server unless a port is asked for. */
async function openStatus(config: Config, parts: StatusParts): Promise<StatusServer | undefined> {
  if (config.http.port === undefined) return undefined;
  const status = await (await import('../http/serve-status.js')).serveStatus(config, parts);
  status?.health.add('run', () => ({ ok: true, detail: 'it reads its input' }));
  return status;
}

/** Refuses what can't go together on the streams, and gives a folder to a run that names none. */
function settleOutput(config: Config, json: boolean, now: number): Config {
  const { kind, path } = config.output;
  if (kind === 'stdout' && json) {
    throw new SegtideError(
      'config',
      '--json and records on standard output cannot share it; write the records to a folder by --output <folder>',
    );
  }
  if (config.input.kind === 'file' && config.input.paths.length === 0) {
    throw new SegtideError(
      'config',
      "there is nothing to read; name files (segtide run usage.ndjson), or try 'segtide demo flights'",
    );
  }
  if (kind !== 'directory' || path !== undefined || config.input.kind === 'kafka') return config;
  return { ...config, output: { ...config.output, path: freshOutputFolder(now) } };
}

function printSummary(
  summary: RunSummary,
  config: Config,
  { json, quiet, hasFile }: { readonly json: boolean; readonly quiet: boolean; readonly hasFile: boolean },
  terminal: Terminal,
): void {
  if (json) terminal.out.write(`${JSON.stringify(summary)}\n`);
  else if (!quiet) {
    const stream = config.output.kind === 'stdout' ? terminal.err : terminal.out;
    const width = stream.columns ?? (Number(terminal.env.COLUMNS) || 80);
    stream.write(renderSummary(summary, { width, color: wantsColor(terminal, stream), hasConfigFile: hasFile }));
  }
}
