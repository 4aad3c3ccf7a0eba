import type { SegtideError } from '../../errors.js';
import type { Log } from '../log.js';

type Tell = (error: SegtideError) => void;

/** Tells of windows that a plug-in could not embed: the first, and then each time that they are ten times as many. */
export function tellUnembedded(log: Pick<Log, 'warn'>): Tell {
  return tellLost(log, 'a window could not be embedded, and is assigned without a distance');
}

/** The same of windows that an alert rule could not judge. */
export function tellUnjudged(log: Pick<Log, 'warn'>): Tell {
  return tellLost(log, 'a rule could not judge a window, and tells nothing of it');
}

function tellLost(log: Pick<Log, 'warn'>, what: string): Tell {
  let count = 0;
  let next = 1;
  return ({ message }) => {
    if (++count < next) return;
    next *= 10;
    log.warn(`${what}: ${message}`, { windows: count });
  };
}
