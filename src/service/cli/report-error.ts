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
  const message = error instanceof Error ? error.message : String(error);
  if (known !== undefined) writeFailure(known, json, terminal);
  else if (json) writeFailure({ code: 'unexpected', message, retriable: false }, json, terminal);
  else {
    terminal.err.write(`segtide: unexpected error: ${message}\n`);
    if (!debug) terminal.err.write('Please report this, with what --debug prints.\n');
  }
  if (debug) terminal.err.write(`${stackOf(error)}\n`);
  return exitCodeOf(known?.code);
}

/** What went wrong, as a line for people or as JSON. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Whether the same command may succeed when tried again. */
  readonly retriable: boolean;
}

export function writeFailure({ code, message, retriable }: Failure, json: boolean, { err }: Terminal): void {
  const error = { code, message, retriable };
  err.write(json ? `${JSON.stringify({ error })}\n` : `segtide: ${message}\n`);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause) || JSON.stringify(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
