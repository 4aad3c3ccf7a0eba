import type { LineDisplay } from '../summary/line-display.js';
import { EXIT_CODES } from './exit-code.js';

/** A stop on request: the signal that the run listens to, and the exit code that tells what asked for it. */
export interface StopSignals {
  readonly signal: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM, undefined while nothing has asked. */
  readonly exitCode: number | undefined;
  /**
   * Stops listening, unless a stop was asked for: the process is then on its way out, and an echo of the signal must
   * not kill it over its last words.
   */
  close(): void;
}

/**
 * Turns the first SIGINT or SIGTERM into an abort, and a later one into an immediate exit.
 *
 * @param display told of the stop, and cleared before the exit
 * @param now epoch ms
 * @param says what the stop is like, which is told at the first signal; undefined for nothing
 */
export function listenForStop(
  display: Pick<LineDisplay, 'above' | 'clear'>,
  now: () => number,
  says: string | undefined,
): StopSignals {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let askedAt = 0;
  const stop = (code: number): void => {
    if (exitCode !== undefined) {
      if (now() - askedAt < ECHO_MS) return;
      display.clear();
      process.exit(code);
    }
    exitCode = code;
    askedAt = now();
    if (says !== undefined) display.above(`${says}\n`);
    controller.abort();
  };
  const onInterrupt = (): void => stop(EXIT_CODES.interrupted);
  const onTerminate = (): void => stop(EXIT_CODES.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    close: () => {
      if (exitCode !== undefined) return;
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

/** `timeout` and npm signal the process and its group: the same request comes twice, milliseconds apart. */
const ECHO_MS = 1000;
