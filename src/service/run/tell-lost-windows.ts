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

/** The same of rounds of drift reports that are without a statistic of the user's own, of each by itself. */
export function tellUnmeasured(log: Pick<Log, 'warn'>): (error: SegtideError, statistic: string) => void {
  const tells = new Map<string, Tell>();
  return (error, statistic) => {
    const tell = tells.get(statistic) ?? tellLost(log, `a round of drift reports is without ${statistic}`, 'rounds');
    tells.set(statistic, tell);
    tell(error);
  };
}

function tellLost(log: Pick<Log, 'warn'>, what: string, counted = 'windows'): Tell {
  let count = 0;
  let next = 1;
  return ({ message }) => {
    if (++count < next) return;
    next *= 10;
    log.warn(`${what}: ${message}`, { [counted]: count });
  };
}
