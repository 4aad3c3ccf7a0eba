import { SegtideError } from '../errors.js';

/** What long work asks now and then; an `AbortSignal` is one. */
export interface Abortable {
  readonly aborted: boolean;
}

/**
 * @param what is stopped, as the subject of a sentence
 * @throws SegtideError `aborted` where the signal says so
 */
export function throwIfAborted(signal: Abortable | undefined, what: string): void {
  if (signal?.aborted) throw new SegtideError('aborted', `${what} was stopped on request.`);
}
