import { access, constants, open, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SegtideError } from '../../errors.js';
import { toOutputError } from './file-error.js';

/**
 * Refuses a place for a file that could not be written, or that would cost another file of the same command, before any
 * work is done for it. Links are followed, so that no other name of the same file gets past.
 *
 * @param others files that the command reads, or writes besides; undefined and `-` are passed over
 * @throws SegtideError 'config' when the place is standard output (`-`), a folder, or one of the others; 'output' when it can't be written
 */
export async function checkOutputFile(path: string, others: readonly (string | undefined)[]): Promise<void> {
  if (path === '-') throw refuse(path, 'standard output is for what the command tells; name a file');
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw refuse(path, 'it is a folder; name a file');
  const place = await toPlace(path);
  for (const other of others) {
    if (other === undefined || other === '-' || place !== (await toPlace(other))) continue;
    throw refuse(path, `this command uses ${other} already, which would be overwritten; name another file`);
  }
  try {
    // A file is replaced by a rename, which asks for rights on its folder alone; a device or pipe is written itself.
    if (there === undefined || there.isFile()) await tryFolder(place);
    else await access(place, constants.W_OK);
  } catch (cause) {
    throw toOutputError(cause, path);
  }
}

/** Makes and removes a file beside the place: of rights, full disks and read-only file systems only that tells. */
async function tryFolder(place: string): Promise<void> {
  const trial = `${place}.trial`;
  try {
    const file = await open(trial, 'wx');
    await file.close();
    await rm(trial);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw cause;
    const isFolderThere = (await stat(dirname(place)).catch(() => undefined)) !== undefined;
    if (isFolderThere) throw new Error('no file can be made in its folder; choose another', { cause });
    await checkFolderAbove(dirname(dirname(place)));
  }
}

/** A folder that is missing will be made: what counts is the nearest one above that is there. */
async function checkFolderAbove(folder: string): Promise<void> {
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' || folder === dirname(folder)) throw cause;
    return checkFolderAbove(dirname(folder));
  });
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
