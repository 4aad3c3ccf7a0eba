import type { CalendarPlace } from '../cluster/segment-timing.js';
import { createZone } from '../numeric/zone.js';
import type { StepCalendar } from './training-job.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Longest step that still lies in one part of the day, such as the evening. */
const LONGEST_IN_DAY = 6 * HOUR;

/**
 * Tells where the steps of a window lie on the local clock, by their middle; undefined for steps longer than a day, which
 * lie nowhere in particular. Steps longer than a quarter of a day have a weekday, and no hour.
 */
export function placesOf({
  timeZone,
  stepMs,
}: StepCalendar): ((windowStart: number, step: number) => CalendarPlace) | undefined {
  if (stepMs > DAY) return undefined;
  const zone = createZone(timeZone);
  return (windowStart, step) => {
    // Local midnight plus whole steps: a day of 23 or 25 hours does not shift the steps after it.
    const local = windowStart + zone.offsetAt(windowStart) + (step + 0.5) * stepMs;
    const day = Math.floor(local / DAY);
    return {
      weekday: (((day + 3) % 7) + 7) % 7, // 1970-01-01 was a Thursday
      hour: stepMs > LONGEST_IN_DAY ? undefined : Math.floor((local - day * DAY) / HOUR),
    };
  };
}
