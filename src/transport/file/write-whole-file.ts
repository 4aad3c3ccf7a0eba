import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toOutputError } from './file-error.js';
import { makeFolder } from './make-folder.js';
import { syncFolder } from './sync-folder.js';

/**
 * Writes a file that is there whole or not at all, whatever crashes and whenever: beside its place under a passing name,
 * fsynced, and renamed over what was there. Its folder is made where it is missing. A link is followed; a device or pipe
 * stays what it is, and gets the content as it comes.
 *
 * @throws SegtideError 'output' when it can't be written; a file that was there is untouched then
 */
export async function writeWholeFile(path: string, content: Uint8Array | string): Promise<void> {
  try {
    const there = await stat(path).catch(() => undefined);
    if (there === undefined || there.isFile() || there.isDirectory()) {
      await replaceFile(await realpath(path).catch(() => path), content);
    } else {
      await writeThrough(path, content);
    }
  } catch (cause) {
    throw toOutputError(cause, path);
  }
}

async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const passing = `${path}.part`;
  try {
    await makeFolder(dirname(path));
    const file = await open(passing, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(passing, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(passing, { force: true }).catch(() => undefined);
    throw cause;
  }
}

/** A rename would put a plain file in place of a device or pipe. Neither can be fsynced. */
async function writeThrough(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}
