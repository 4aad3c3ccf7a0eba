import { access } from 'node:fs/promises';
import { SegtideError } from '../../errors.js';

/**
 * Refuses a file that is there already.
 *
 * @param advice what to do, without the full stop
 * @throws SegtideError `output`
 */
export async function refuseExisting(path: string, advice: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw toExisting(path, advice);
}

/** The error of a file that is there already. */
export function toExisting(path: string, advice: string): SegtideError {
  return new SegtideError('output', `${path} exists already. ${advice}.`, { context: { path } });
}
