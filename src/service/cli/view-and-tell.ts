import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { createView } from '../view/create-view.js';
import { toViewSettings } from '../view/to-view-settings.js';
import { EXIT_CODES } from './exit-code.js';
import { openConsole } from './open-console.js';
import { readConfig } from './read-config.js';
import { requireKafka } from './require-kafka.js';
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
  const named = flags.folder ?? (config.output.kind === 'directory' ? config.output.path : undefined);
  if (named === undefined) requireKafka(config, 'segtide view');
  else if (!existsSync(named)) {
    const text = `there is no folder ${named}; name the output folder of a run by --folder`;
    throw new SegtideError('input', text, { context: { path: named } });
  }
  const folder = named === undefined ? undefined : (newestRunIn(named) ?? named);
  const { quiet = false } = flags;
  if (folder !== named && !quiet) terminal.err.write(`${named} holds runs; this is the newest, ${folder}\n`);
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

/** The run that began last of those whose output folders are in this one; undefined where it is such a folder itself. */
function newestRunIn(folder: string): string | undefined {
  const isRun = (path: string): boolean => existsSync(join(path, 'assignments.ndjson'));
  if (isRun(folder)) return undefined;
  const runs = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .filter(isRun);
  return runs.sort((a, b) => statSync(a).birthtimeMs - statSync(b).birthtimeMs).at(-1);
}
