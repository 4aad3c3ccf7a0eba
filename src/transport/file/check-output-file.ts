import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SegtideError } from '../../errors.js';

/**
 * Refuses a place for a file that could not be written, or that would cost another file of the same command, before any
 * work is done for it. Links are followed, so that no other name of the same file gets past.
 *
 * @param others files that the command reads, or writes besides; undefined and `-` are passed over
 * @throws SegtideError 'config' when the place is a folder, or one of the others
 */
export async function checkOutputFile(path: string, others: readonly (string | undefined)[]): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw refuse(path, 'it is a folder; name a file');
  const place = await toPlace(path);
  for (const other of others) {
    if (other === undefined || other === '-' || place !== (await toPlace(other))) continue;
    throw refuse(path, `this command uses ${other} already, which would be overwritten; name another file`);
  }
}

/** Where a path leads, also where nothing is there yet. */
async function toPlace(path: string): Promise<string> {
  return realpath(path).catch(async () => {
    const folder = dirname(resolve(path));
    return join(await realpath(folder).catch(() => folder), basename(path));
  });
}

function refuse(path: string, why: string): SegtideError {
  return new SegtideError('config', `Cannot write ${path}: ${why}.`, { context: { path } });
}
