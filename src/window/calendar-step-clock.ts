import type { Zone } from '../numeric/zone.js';
import type { StepClock } from './step-clock.js';
import type { CalendarStep } from './window-options.js';

/**
 * Creates a clock of wall-clock hours, local days, weeks from Monday, or months in a zone.
 *
 * An instant belongs to the step that its local time shows: a repeated hour adds to its bin, a skipped hour or day is a
 * step without instants, and a day may have 23 or 25 hours.
 */
export function createCalendarStepClock(step: CalendarStep, zone: Zone): StepClock {
  const { indexOf, startOf } = CALENDARS[step];
  // Within a chunk with equal offsets at both ends no transition lies: zones keep an offset for weeks.
  const constant = (chunk: number): boolean =>
    zone.offsetAt(chunk * CHUNK_MS) === zone.offsetAt((chunk + 1) * CHUNK_MS - 1);
  return {
    name: `${step}@${zone.name}`,
    nominalMs: NOMINAL_MS[step],
    indexOf: (epochMs) => indexOf(epochMs + zone.offsetAt(epochMs)),
    startOf: (index) => zone.startOf(startOf(index)),
    sameFrom(epochMs) {
      const chunk = Math.floor(epochMs / CHUNK_MS);
      if (!constant(chunk)) return Math.floor(epochMs);
      const offset = zone.offsetAt(epochMs);
      return Math.max(chunk * CHUNK_MS, startOf(indexOf(epochMs + offset)) - offset);
    },
    sameUntil(epochMs) {
      const chunk = Math.floor(epochMs / CHUNK_MS);
      if (!constant(chunk)) return Math.floor(epochMs) + 1; // transitions fall on whole ms
      const offset = zone.offsetAt(epochMs);
      return Math.min((chunk + 1) * CHUNK_MS, startOf(indexOf(epochMs + offset) + 1) - offset);
    },
    skips: true,
  };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const CHUNK_MS = 6 * HOUR_MS;

interface LocalCalendar {
  /** Step of a local time, as epoch ms of the UTC time that reads the same. */
  indexOf(localMs: number): number;
  /** Local time at which a step begins. */
  startOf(index: number): number;
}

function every(lengthMs: number, zeroMs: number): LocalCalendar {
  return {
    indexOf: (localMs) => Math.floor((localMs - zeroMs) / lengthMs),
    startOf: (index) => zeroMs + index * lengthMs,
  };
}

const CALENDARS: Record<CalendarStep, LocalCalendar> = {
  hour: every(HOUR_MS, 0),
  day: every(DAY_MS, 0),
  week: every(7 * DAY_MS, -3 * DAY_MS), // Monday 1969-12-29
  month: {
    indexOf(localMs) {
      const date = new Date(localMs);
      return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    },
    startOf: (index) => Date.UTC(1970 + Math.floor(index / 12), ((index % 12) + 12) % 12, 1),
  },
};

const NOMINAL_MS: Record<CalendarStep, number> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 2_629_746_000, // a twelfth of the Gregorian mean year
};
