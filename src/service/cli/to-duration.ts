import { SegtideError } from '../../errors.js';
import { parseDuration } from '../../numeric/duration.js';

/**
 * What a flag says in milliseconds.
 *
 * @param also what it may be as well, in words
 * @throws SegtideError `config` where it is no duration
 */
export function toDuration(flag: string, text: string, also = ''): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new SegtideError('config', `${flag} must be ${also}a duration such as 90m or 7d; got '${text}'`, { cause });
  }
}
