import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { Config } from '../config/schema.js';
import { requireKafka } from './require-kafka.js';

/** Whose command looks for a run, for what it tells. */
export interface RunSeeker {
  /** `segtide view`. */
  readonly asks: string;
  /** What names the folder: a flag, or an argument. */
  readonly names: string;
}

/**
 * The output folder to look into: the one that was named, else that of the config; of a folder of runs the newest.
 *
 * @param tell told which one was taken, where there was a choice
 * @returns undefined where topics are to be read
 * @throws SegtideError `input` where there is no such folder, `config` where neither folder nor topics are known
 */
export function findRun(
  config: Config,
  given: string | undefined,
  { asks, names }: RunSeeker,
  tell: (text: string) => void,
): string | undefined {
  const named = given ?? (config.output.kind === 'directory' ? config.output.path : undefined);
  if (named === undefined) {
    requireKafka(config, asks);
    return undefined;
  }
  if (!existsSync(named)) {
    const text = `there is no folder ${named}; name the output folder of a run by ${names}`;
    throw new SegtideError('input', text, { context: { path: named } });
  }
  const newest = newestRunIn(named);
  if (newest !== undefined) tell(`${named} holds runs; this is the newest, ${newest}`);
  return newest ?? named;
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
