import { SegtideError } from '../../errors.js';
import { exitCodeOf } from './exit-code.js';
import type { Terminal } from './terminal.js';

export interface ErrorStyle {
  /** One JSON object instead of text. */
  readonly json: boolean;
  /** Adds the stack. */
  readonly debug: boolean;
}

/** Tells on standard error what went wrong, and returns the exit code. */
export function reportError(error: unknown, { json, debug }: ErrorStyle, terminal: Terminal): number {
  const known = error instanceof SegtideError ? error : undefined;
  const text = error instanceof Error ? error.message : String(error);
  if (json) {
    const report = {
      error: { code: known?.code ?? 'unexpected', message: text, retriable: known?.retriable ?? false },
    };
    terminal.err.write(`${JSON.stringify(report)}\n`);
  } else {
    terminal.err.write(`segtide: ${known ? '' : 'unexpected error: '}${text}\n`);
    if (!known && !debug) terminal.err.write('Please report this, with what --debug prints.\n');
  }
  if (debug) terminal.err.write(`${stackOf(error)}\n`);
  return exitCodeOf(known?.code);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause) || JSON.stringify(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
