import { SegtideError } from '../errors.js';
import type { RunningPlugin } from './open-plugin.js';
import { PluginHaltedError } from './plugin-halted-error.js';

/** Calls in a row that may halt a plug-in which is asked about windows: two windows that do so, and the batches they are in. */
export const MOST_HALTS = 3;

export interface AskedRows {
  /** Asks about rows [from, to), and takes note of what it gives. */
  ask(from: number, to: number): Promise<void>;
  /** Told of each row of which nothing will be known, with why. */
  lose(row: number, error: SegtideError): void;
}

/**
 * Asks a plug-in about rows [from, to). What it throws on, or answers oddly, is asked again in halves, down to the rows that
 * are the reason; what it hangs on is asked again row by row, as each further try costs its time limit.
 *
 * @throws SegtideError where the plug-in takes no more calls
 */
export async function askInParts(plugin: RunningPlugin, from: number, to: number, rows: AskedRows): Promise<void> {
  try {
    await rows.ask(from, to);
  } catch (error) {
    if (!(error instanceof SegtideError) || plugin.isEnded) throw error;
    if (to - from === 1) {
      rows.lose(from, error);
      return;
    }
    const part = error instanceof PluginHaltedError ? 1 : Math.ceil((to - from) / 2);
    for (let at = from; at < to; at += part) await askInParts(plugin, at, Math.min(to, at + part), rows);
  }
}
