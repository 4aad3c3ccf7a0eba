import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toOutputError } from './file-error.js';
import { makeFolder } from './make-folder.js';
import { syncFolder } from './sync-folder.js';

/**
 * Writes a file that is there whole or not at all, whatever crashes and whenever: beside its place under a passing name,
 * fsynced, and renamed over what was there. Its folder is made where it is missing.
 *
 * @throws SegtideError 'output' when it can't be written; what was there is untouched then
 */
export async function writeWholeFile(path: string, content: Uint8Array | string): Promise<void> {
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
    throw toOutputError(cause, path);
  }
}
