import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SegtideError } from '../../errors.js';
import { toOutputError } from './file-error.js';

/**
 * Refuses a place for a file that could not be written, or that would cost another file of the same command, before any
 * work is done for it. Links are followed, so that no other name of the same file gets past.
 *
 * @param others files that the command reads, or writes besides; undefined and `-` are passed over
 * @throws SegtideError 'config' when the place is a folder, or one of the others; 'output' when it can't be written
 */
export async function checkOutputFile(path: string, others: readonly (string | undefined)[]): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw refuse(path, 'it is a folder; name a file');
  const place = await toPlace(path);
  for (const other of others) {
    if (other === undefined || other === '-' || place !== (await toPlace(other))) continue;
    throw refuse(path, `this command uses ${other} already, which would be overwritten; name another file`);
  }
  // A file is replaced by a rename, which asks for rights on its folder alone; a device or pipe is written itself.
  if (there === undefined || there.isFile()) await checkFolder(dirname(place), path);
  else await access(place, constants.W_OK).catch((cause: unknown) => fail(cause, path));
}

/** A folder that is missing will be made: what counts is the nearest one above that is there. */
async function checkFolder(folder: string, path: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) return fail({ code: 'ENOTDIR' }, path);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT' && folder !== dirname(folder);
    return isMissing ? checkFolder(dirname(folder), path) : fail(cause, path);
  }
}

function fail(cause: unknown, path: string): never {
  throw toOutputError(cause, path);
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
