import { writeFileSync } from 'node:fs';
import { SegtideError } from '../../errors.js';
import { toOutputError } from '../../transport/file/file-error.js';

/**
 * Writes a text to a file.
 *
 * @param flag `w` writes over a file that is there, `wx` refuses. @default 'w'
 * @throws SegtideError `output` where it can't be written
 */
export function writeText(file: string, text: string, flag: 'w' | 'wx' = 'w'): void {
  try {
    writeFileSync(file, text, { flag });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw toOutputError(error, file);
    const text = `Cannot write ${file}: it exists already; name another file, or remove it.`;
    throw new SegtideError('output', text, { cause: error, context: { path: file } });
  }
}
