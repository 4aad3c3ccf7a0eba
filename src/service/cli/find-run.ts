import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { Config } from '../config/schema.js';
import { settleStateFolder } from '../run/state-folder.js';
import { RUNS_FOLDER } from './output-folder.js';
import { requireKafka } from './require-kafka.js';

/** Whose command looks for a run, for what it tells. */
export interface RunSeeker {
  /** `segtide view`. */
  readonly asks: string;
  /** What names the folder: a flag, or an argument. */
  readonly names: string;
}

/**
 * The output folder to look into: the one that was named, else that of the config, else the one below `segtide-out`,
 * where runs on files go that name none; of a folder of runs the newest.
 *
 * @param tell told which one was taken, where there was a choice
 * @returns undefined where topics are to be read
 * @throws SegtideError `input` where there is no such folder or no run yet, `config` where neither folder nor topics are known
 */
export function findRun(
  config: Config,
  given: string | undefined,
  { asks, names }: RunSeeker,
  tell: (text: string) => void,
): string | undefined {
  // A run on Kafka that names no folder has one by its group.
  const named = given ?? (config.output.kind === 'directory' ? settleStateFolder(config).output.path : undefined);
  if (named === undefined) {
    if (config.input.kind === 'file' && config.output.kind === 'directory') return findUnnamedRun(names, tell);
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

function findUnnamedRun(names: string, tell: (text: string) => void): string {
  const newest = existsSync(RUNS_FOLDER) ? newestRunIn(RUNS_FOLDER) : undefined;
  if (newest !== undefined) {
    tell(`this is the newest run here, ${newest}`);
    return newest;
  }
  const text = `no run here yet: there is none in ${RUNS_FOLDER}; 'segtide run' writes one, or name the output folder of a run by ${names}`;
  throw new SegtideError('input', text, { context: { path: RUNS_FOLDER } });
}

/** The run that began last of those whose output folders are in this one; undefined where it is such a folder itself. */
function newestRunIn(folder: string): string | undefined {
  const isRun = (path: string): boolean => existsSync(join(path, 'assignments.ndjson'));
  if (isRun(folder)) return undefined;
  const runs = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .filter(isRun);
  const beganAt = new Map(runs.map((run) => [run, statSync(run).birthtimeMs]));
  // Names tell the order where the times of the file system don't.
  return runs.sort((a, b) => beganAt.get(a)! - beganAt.get(b)! || (a < b ? -1 : 1)).at(-1);
}
