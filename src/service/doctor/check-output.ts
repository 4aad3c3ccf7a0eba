import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { toOutputError } from '../../transport/file/file-error.js';
import type { OutputCheck } from './doctor-report.js';

/** Whether results can be written into a folder, or, where it is not there yet, whether it can be made. Leaves nothing. */
export async function checkOutput(path: string): Promise<OutputCheck> {
  try {
    const folder = await nearestFolder(resolve(path));
    // Rights alone don't tell: a file system may be read-only, or no place for files.
    await rmdir(await mkdtemp(join(folder, '.segtide-')));
    const { bavail, bsize } = await statfs(folder);
    return { path, writable: true, reason: null, freeBytes: bavail * bsize };
  } catch (cause) {
    return { path, writable: false, reason: toOutputError(cause, path).message, freeBytes: null };
  }
}

async function nearestFolder(path: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) return path;
  } catch (cause) {
    const parent = dirname(path);
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw cause;
    return nearestFolder(parent);
  }
  throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' });
}
