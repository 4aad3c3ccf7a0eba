import type { Clock } from '../../ports.js';
import type { Fates } from '../../window/window-batch.js';

/** Told all events so far, again and again; true once, when it is plain that none of them is accepted. */
export type AcceptanceWatch = (events: Fates) => boolean;

/** Silent from the first accepted event on. It waits for so many events, or for a minute where they come slowly. */
export function createAcceptanceWatch(clock: Clock): AcceptanceWatch {
  let isOver = false;
  let firstAt: number | undefined;
  return ({ in: events, accepted }) => {
    if (isOver || events === 0) return false;
    if (accepted > 0) {
      isOver = true;
      return false;
    }
    firstAt ??= clock.now();
    isOver = events >= MANY || (events >= SOME && clock.now() - firstAt >= LONG_MS);
    return isOver;
  };
}

const MANY = 1000;
const SOME = 20;
const LONG_MS = 60_000;
