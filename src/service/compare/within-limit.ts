import { SegtideError } from '../../errors.js';
import { formatDuration } from '../../numeric/duration.js';

/**
 * Does work that ends early where it takes too long. Work that can't be stopped goes on to its end, and its result counts.
 *
 * @param limitMs no limit, where undefined
 * @throws SegtideError `encoder` where it was stopped for the time that it took
 */
export async function withinLimit<T>(
  limitMs: number | undefined,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (limitMs === undefined) return work(signal);
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await work(AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error;
    throw new SegtideError('encoder', `it took longer than --time-limit ${formatDuration(limitMs)}`, { cause: error });
  }
}
