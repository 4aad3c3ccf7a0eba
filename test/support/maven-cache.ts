import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A folder of `.cache/` that Maven fills the first time; what is there already is used as it is.
 *
 * @param goal arguments for Maven that fill a folder
 * @throws when there is no such folder and Maven is missing or fails
 */
export async function mavenCache(name: string, goal: (folder: string) => readonly string[]): Promise<string> {
  const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../.cache', name);
  if (existsSync(folder)) return folder;
  // Into a folder of its own, then renamed: an interrupted download is never taken for a whole one.
  const partial = `${folder}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    // Goals without a project leave notes for themselves where they are run.
    await run('mvn', ['-q', '-B', ...goal(partial)], { cwd: partial });
    await rename(partial, folder);
  } catch (cause) {
    // Another test run may have been faster.
    if (!existsSync(folder)) {
      const needs = 'integration tests need Java 17, mvn and a Maven repository';
      throw new Error(`Maven could not fetch ${name}; ${needs}`, { cause });
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}
