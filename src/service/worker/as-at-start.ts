import { SegtideError } from '../../errors.js';

/**
 * What a start would say of topics that have changed under a running process: which of them are wrong now, and what to do.
 *
 * @param error what ended the process
 * @param look at the topics, as a start does
 * @returns the error of the start, where it refuses the topics; else the one that was given
 */
export async function asAtStart(error: unknown, look: () => Promise<unknown>): Promise<unknown> {
  const mayBeTopics = hasCode(error, ['config', 'transport']) && !error.retriable;
  if (!mayBeTopics) return error;
  return look().then(
    () => error,
    (refused: unknown) => (hasCode(refused, ['input', 'output']) ? refused : error),
  );
}

function hasCode(error: unknown, codes: readonly SegtideError['code'][]): error is SegtideError {
  return error instanceof SegtideError && codes.includes(error.code);
}
