import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SegtideError } from '../../errors.js';
import { OUTPUTS } from '../../publish/output.js';

/**
 * What an output folder holds.
 *
 * - `free`: nothing, or no more than a run leaves that failed before its first record
 * - `unfinished`: a run that was stopped or killed
 * - `finished`: a run with its summary
 * - `foreign`: files of others, which are never touched; `name` is one of them
 */
export type FolderState =
  | { readonly kind: 'free' | 'unfinished' | 'finished' }
  | { readonly kind: 'foreign'; readonly name: string };

/** Folder of the checkpoints, in the output folder. */
export const CHECKPOINTS = 'checkpoints';
/** Marks the checkpoints' folder, and with it the output folder, as a run's own. */
export const MARKER = 'run.json';
export const SUMMARY = 'summary.json';

/** @throws SegtideError `output` when the folder can't be looked into */
export async function lookInto(folder: string): Promise<FolderState> {
  const names = await list(folder);
  if (names.includes(SUMMARY)) return { kind: 'finished' };
  const marks = await list(join(folder, CHECKPOINTS));
  if (marks.some((name) => name !== MARKER && name !== `${MARKER}.part`)) {
    return marks.includes(MARKER) ? { kind: 'unfinished' } : { kind: 'foreign', name: CHECKPOINTS };
  }
  const used: string[] = [];
  for (const name of names) if (name !== CHECKPOINTS && !(await isEmptyOutput(folder, name))) used.push(name);
  if (used.length === 0) return { kind: 'free' };
  return marks.includes(MARKER) ? { kind: 'unfinished' } : { kind: 'foreign', name: used[0]! };
}

/** Whether a run has begun in a folder, however little it has written so far. */
export function hasBegun(folder: string): boolean {
  return existsSync(join(folder, CHECKPOINTS, MARKER));
}

/**
 * What a folder that is not free is refused with.
 *
 * @param remedy what else to do than to name another one
 */
export function notEmpty(folder: string, state: FolderState, remedy: string): SegtideError {
  const name = state.kind === 'foreign' ? state.name : state.kind === 'finished' ? SUMMARY : CHECKPOINTS;
  const text = `The output folder ${folder} is not empty (it holds ${name}). Name another one, or ${remedy}.`;
  return new SegtideError('output', text, { context: { path: folder } });
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const text = `The output folder ${folder} can't be used: ${(cause as Error).message}. Name another one.`;
    throw new SegtideError('output', text, { cause, context: { path: folder } });
  }
}

async function isEmptyOutput(folder: string, name: string): Promise<boolean> {
  if (!OUTPUTS.some((output) => name === `${output.name}.ndjson`)) return false;
  const found = await stat(join(folder, name));
  return found.isFile() && found.size === 0;
}
