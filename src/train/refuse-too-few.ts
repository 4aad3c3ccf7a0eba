import { SegtideError } from '../errors.js';

/**
 * Refuses windows of which no model can be made, before any work is done for it.
 *
 * @param least of them that are needed
 * @throws SegtideError `config`
 */
export function refuseTooFew(length: number, least: number): void {
  if (length >= least) return;
  throw new SegtideError('config', `a model needs at least ${least} windows to be fitted and scored; got ${length}`);
}
