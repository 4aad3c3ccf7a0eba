import { Cron } from 'croner';
import { SegtideError } from '../errors.js';

export interface CronSettings {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly expression: string;
  /** Whose local time its hours and days are. */
  readonly timeZone: string;
}

/** Plain data. */
export interface CronTriggerSnapshot {
  /** The time that fires next, epoch ms; null before the clock was first looked at, and where none comes any more. */
  readonly nextAt: number | null;
  /** The one that fired last, epoch ms; null before the first. */
  readonly firedAt: number | null;
}

/** Tells when a time of a cron expression has come. */
export interface CronTrigger {
  /**
   * Whether a time has come since the clock was last looked at: once, however many there were in between.
   *
   * A clock that goes back does not fire the last time again. Where it goes back to before another one, the times that
   * follow fire again: such a clock was wrong before, and would else be silent for as long as it was ahead.
   *
   * @param now epoch ms
   */
  fires(now: number): boolean;
  snapshot(): CronTriggerSnapshot;
}

/** @throws SegtideError `config` when it is no cron expression of five fields, or one that never comes */
export function checkCron({ expression, timeZone }: CronSettings): void {
  const fields = expression.trim().split(/\s+/).length;
  if (fields !== 5) {
    const wanted = 'five fields: minute, hour, day of the month, month and day of the week';
    throw new SegtideError(
      'config',
      `retrain \`cron\` has ${wanted}, as in '0 3 * * *'; got ${fields} in '${expression}'`,
    );
  }
  let next: Date | null;
  try {
    next = new Cron(expression, { timezone: timeZone }).nextRun(new Date(0));
  } catch (cause) {
    throw new SegtideError('config', `retrain \`cron\`: ${(cause as Error).message}; write it as in '0 3 * * *'`, {
      cause,
    });
  }
  if (next === null) throw new SegtideError('config', `retrain \`cron\`: ${expression} never comes`);
}

export function createCronTrigger({ expression, timeZone }: CronSettings, from?: CronTriggerSnapshot): CronTrigger {
  const cron = new Cron(expression, { timezone: timeZone });
  let nextAt = from?.nextAt ?? null;
  let firedAt = from?.firedAt ?? null;
  /** When the clock was last looked at; after a restart it may have gone back. */
  let lookedAt = Number.POSITIVE_INFINITY;
  const after = (time: number): number | null => cron.nextRun(new Date(time))?.getTime() ?? null;

  return {
    fires(now) {
      if (!Number.isFinite(now)) return false;
      const wentBack = now < lookedAt;
      lookedAt = now;
      if (nextAt === null || (wentBack && now < nextAt)) {
        const next = after(now);
        // Back to before the time that fired last, and no further than to the one before it: it does not fire again.
        if (next !== firedAt) nextAt = next;
      }
      if (nextAt === null || now < nextAt) return false;
      // The latest of those that have come.
      firedAt = cron.previousRuns(1, new Date(now + 1))[0]?.getTime() ?? nextAt;
      nextAt = after(now);
      return true;
    },
    snapshot: () => ({ nextAt, firedAt }),
  };
}
