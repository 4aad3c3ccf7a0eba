import { EXIT_CODES } from './exit-code.js';

/** A stop on request: the signal that the run listens to, and the exit code that tells what asked for it. */
export interface StopSignals {
  readonly signal: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM, undefined while nothing has asked. */
  readonly exitCode: number | undefined;
  /** Stops listening. */
  close(): void;
}

/** Turns the first SIGINT or SIGTERM into an abort, and the second into an immediate exit. */
export function listenForStop(tell: (text: string) => void): StopSignals {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = (code: number): void => {
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    tell('stopping in order; once more to stop at once\n');
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
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
