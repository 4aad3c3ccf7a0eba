import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { SegtideError } from '../../errors.js';
import { toInputError } from './file-error.js';

export type FileFormat = 'ndjson' | 'csv' | 'parquet';

/** One file to read, or standard input. */
export interface InputFile {
  /** As the user wrote it, or as the glob found it; `-` is standard input. Names the source in dead letters. */
  readonly path: string;
  readonly format: FileFormat;
}

/**
 * Finds the files that paths and globs name: globs in sorted order, each file once.
 *
 * @param format of all files; else each file's own, by its ending before `.gz`
 * @param folder that relative paths start from
 * @param onRepeated told of a file that is named again, which is read once
 * @throws SegtideError 'input' when nothing matches, a file is missing, or a format cannot be told; 'config' when
 * standard input is named beside files
 */
export async function findInputFiles(
  paths: readonly string[],
  format: FileFormat | undefined,
  folder: string,
  onRepeated?: (path: string) => void,
): Promise<readonly InputFile[]> {
  if (paths.includes('-') && paths.length > 1) {
    const text = `Standard input (-) cannot be merged with files; got ${paths.join(', ')}. Name only - or only files.`;
    throw new SegtideError('config', text);
  }
  const found = new Map<string, InputFile>();
  for (const path of paths) {
    for (const name of await expand(path, folder)) {
      const key = resolve(folder, name);
      if (found.has(key)) onRepeated?.(name);
      else found.set(key, { path: name, format: format ?? formatOf(name) });
    }
  }
  if (found.size === 0) {
    const tried = paths.map((path) => resolve(folder, path)).join(', ') || 'no paths at all';
    throw new SegtideError('input', `No input file matches; tried ${tried}. Check the path or the glob.`);
  }
  return [...found.values()];
}

/** A path that exists is never taken as a glob, whatever characters it holds. */
async function expand(path: string, folder: string): Promise<readonly string[]> {
  if (path === '-') return [path];
  try {
    if ((await stat(resolve(folder, path))).isDirectory()) throw toInputError({ code: 'EISDIR' }, path);
    return [path];
  } catch (cause) {
    if (!isDynamicPattern(path)) throw toInputError(cause, path);
  }
  const names = await glob(path, { cwd: folder, absolute: path.startsWith('/'), expandDirectories: false });
  return names.sort();
}

function formatOf(path: string): FileFormat {
  if (path === '-') return 'ndjson';
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const format = FORMATS[ending];
  if (format !== undefined) return format;
  const known = Object.keys(FORMATS).join(', .');
  const text = `The format of ${path} cannot be told by its ending; known are .${known}, each also with .gz.`;
  throw new SegtideError('input', `${text} State the format: ndjson, csv or parquet.`, { context: { path } });
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  csv: 'csv',
  parquet: 'parquet',
};
