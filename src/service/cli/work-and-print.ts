import { SegtideError } from '../../errors.js';
import { createLineDisplay, type LineDisplay } from '../summary/line-display.js';
import type { SummaryStyle } from '../summary/render-summary.js';
import { EXIT_CODES } from './exit-code.js';
import { writeFailure } from './report-error.js';
import { listenForStop } from './stop-signals.js';
import { type Terminal, wantsColor } from './terminal.js';

/** Work that gives all of its results at its end. */
export interface PrintedWork<T> {
  /** @param signal ends it, with an error `aborted` */
  readonly work: (display: LineDisplay, signal: AbortSignal) => Promise<T>;
  readonly render: (result: T, style: SummaryStyle) => string;
}

/**
 * Works until it is done or told to stop: progress on standard error, what came of it on standard output.
 *
 * @returns the exit code
 */
export async function workAndPrint<T>(
  { work, render }: PrintedWork<T>,
  { json = false, quiet = false }: { readonly json?: boolean; readonly quiet?: boolean },
  terminal: Terminal,
): Promise<number> {
  const display = createLineDisplay(terminal.err, { quiet: quiet || json, now: terminal.now });
  const stop = listenForStop(display, terminal.now, json ? undefined : 'stopping; nothing is written');
  try {
    const result = await work(display, stop.signal);
    display.clear();
    const width = terminal.out.columns ?? (Number(terminal.env.COLUMNS) || 80);
    if (json) terminal.out.write(`${JSON.stringify(result)}\n`);
    else if (!quiet) terminal.out.write(render(result, { width, color: wantsColor(terminal, terminal.out) }));
    return EXIT_CODES.ok;
  } catch (error) {
    display.clear();
    if (stop.exitCode === undefined || !(error instanceof SegtideError) || error.code !== 'aborted') throw error;
    if (json) writeFailure(error, json, terminal);
    return stop.exitCode;
  } finally {
    stop.close();
  }
}
