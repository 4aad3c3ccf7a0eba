import { secretsOf } from '../config/mask-secrets.js';
import type { Config } from '../config/schema.js';
import { createLog, type Log } from '../log.js';
import { createProgressDisplay, type ProgressDisplay } from '../summary/progress-display.js';
import { listenForStop, type StopSignals } from './stop-signals.js';
import type { Terminal } from './terminal.js';

/** What a command that runs for long tells by, and what it is stopped by. */
export interface Console {
  readonly display: ProgressDisplay;
  /** Lines above the progress: for people on a terminal, JSON elsewhere. */
  readonly log: Log;
  readonly stop: StopSignals;
}

export interface ConsoleStyle {
  readonly json: boolean;
  /** Errors and warnings only. */
  readonly quiet: boolean;
  /** Whether it is a service: where there is no terminal, it writes lines of log and nothing else. @default false */
  readonly isService?: boolean;
}

export function openConsole(
  config: Config,
  { json, quiet, isService = false }: ConsoleStyle,
  { err, now }: Terminal,
): Console {
  const { run } = config;
  const logsAlone = isService && err.isTTY !== true;
  const display = createProgressDisplay(err, { quiet: logsAlone || quiet || json, now });
  const log = createLog({
    level: quiet && run.logLevel !== 'silent' ? 'warn' : run.logLevel,
    format: err.isTTY === true ? 'text' : 'json',
    write: (line) => display.above(line),
    secrets: secretsOf(config),
  });
  const stop = listenForStop(display, now, logsAlone ? undefined : 'stopping in order; once more to stop at once');
  if (logsAlone) stop.signal.addEventListener('abort', () => log.info('stopping in order'), { once: true });
  return { display, log, stop };
}
