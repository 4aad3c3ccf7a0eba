import type { SegtideError } from '../../errors.js';
import type { Log } from '../log.js';

/** Tells of windows that a plug-in could not embed: the first, and then each time that they are ten times as many. */
export function tellUnembedded(log: Pick<Log, 'warn'>): (error: SegtideError) => void {
  let count = 0;
  let next = 1;
  return ({ message }) => {
    if (++count < next) return;
    next *= 10;
    log.warn(`a window could not be embedded, and is assigned without a distance: ${message}`, { windows: count });
  };
}
