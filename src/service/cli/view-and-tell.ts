import { once } from 'node:events';
import { createView } from '../view/create-view.js';
import { toViewSettings } from '../view/to-view-settings.js';
import { EXIT_CODES } from './exit-code.js';
import { findRun } from './find-run.js';
import { openConsole } from './open-console.js';
import { readConfig } from './read-config.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import type { ViewFlags } from './view-command.js';

/**
 * Serves page and API until the process is told to stop.
 *
 * @returns the exit code: 0 after a stop on request
 */
export async function viewAndTell(flags: ViewFlags, terminal: Terminal): Promise<number> {
  const own = [
    { key: 'view.port', value: flags.port, where: '--port' },
    { key: 'view.host', value: flags.host, where: '--host' },
  ].filter(({ value }) => value !== undefined);
  const config = readConfig(flags.config, [...sharedAssignments(flags), ...own], terminal.env);
  const { quiet = false } = flags;
  const folder = findRun(config, flags.folder, { asks: 'segtide view', names: '--folder' }, (text) => {
    if (!quiet) terminal.err.write(`${text}\n`);
  });
  const { log, stop } = openConsole(config, { json: false, quiet, isService: true }, terminal);
  try {
    const view = await createView(toViewSettings(config, folder, 0), log);
    try {
      if (!quiet) terminal.out.write(`${view.url}\n`);
      if (!stop.signal.aborted) await Promise.race([once(stop.signal, 'abort'), view.ended]);
    } finally {
      await view.close();
    }
    return EXIT_CODES.ok;
  } finally {
    stop.close();
  }
}
