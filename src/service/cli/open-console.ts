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
  /** No lines of progress. @default as `quiet` */
  readonly isSilent?: boolean;
}

export function openConsole(
  config: Config,
  { json, quiet, isSilent = quiet }: ConsoleStyle,
  { err, now }: Terminal,
): Console {
  const { run } = config;
  const display = createProgressDisplay(err, { quiet: isSilent || json, now });
  const log = createLog({
    level: quiet && run.logLevel !== 'silent' ? 'warn' : run.logLevel,
    format: err.isTTY === true ? 'text' : 'json',
    write: (line) => display.above(line),
    secrets: secretsOf(config),
  });
  return { display, log, stop: listenForStop(display, now, 'stopping in order; once more to stop at once') };
}
