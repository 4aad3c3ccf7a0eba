import { SegtideError } from '../errors.js';
import type { Training } from './start-training.js';

/** One that a stop came before: a snapshot has it begun again, as one that was stopped on its way. */
export function stoppedTraining(): Training {
  const result = Promise.reject(new SegtideError('aborted', 'The training was stopped.'));
  return { result, stop: async () => undefined };
}

/** Whether a training ended because it was stopped. */
export function isStopped(error: unknown): boolean {
  return error instanceof SegtideError && error.code === 'aborted';
}
