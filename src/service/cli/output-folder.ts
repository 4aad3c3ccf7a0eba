import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Holds the runs that name no output folder. */
export const RUNS_FOLDER = 'segtide-out';

/** A folder that does not exist yet, named by the time: `segtide-out/2026-01-31T12-00-00`. Two runs in one second differ. */
export function freshOutputFolder(now: number, exists: (path: string) => boolean = existsSync): string {
  const name = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  for (let i = 1; ; i++) {
    const path = join(RUNS_FOLDER, i === 1 ? name : `${name}-${i}`);
    if (!exists(path)) return path;
  }
}
