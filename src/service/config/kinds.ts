import * as z from 'zod';
import { formatDuration, parseDuration } from '../../numeric/duration.js';

// The kinds of value that config keys have. An error text completes the sentence "must be …".

/** Bounds of a number, both allowed. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number; `unit` is what it counts. */
export function whole(unit: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Range = {}) {
  return z.number().int().min(min).max(max).meta({ unit });
}

/** A number in `unit`. */
export function real(unit: string, { min = -Number.MAX_VALUE, max = Number.MAX_VALUE }: Range = {}) {
  return z.number().min(min).max(max).meta({ unit });
}

/** A part of a whole, in [0, 1]. */
export function share() {
  return real('share', { min: 0, max: 1 });
}

/** Text that is not empty. */
export function text() {
  return z.string().min(1);
}

/** Text that is masked wherever the config is shown. */
export function secret() {
  return text().meta({ secret: true });
}

/** A duration such as `5m` or 1500 (ms); milliseconds once parsed. `min` is in milliseconds. */
export function duration({ min = 0 }: Pick<Range, 'min'> = {}) {
  return z
    .union([z.string(), z.number()], { error: () => DURATION })
    .transform((value, context) => {
      const ms = toMilliseconds(value);
      if (ms >= min) return ms;
      context.addIssue({
        code: 'custom',
        message: Number.isNaN(ms) ? DURATION : `a duration of at least ${formatDuration(min)}`,
        input: value,
      });
      return z.NEVER;
    })
    .meta({ unit: 'duration' });
}

/** A duration that is kept as text, for keys in which a bare number means something else. */
export function durationText() {
  return z
    .string({ error: () => DURATION })
    .refine((value) => toMilliseconds(value) > 0, { error: () => DURATION })
    .meta({ unit: 'duration' });
}

/** A point in time: ISO 8601 text or epoch milliseconds; kept as written, for its meaning may hang on a time zone. */
export function instant() {
  return z
    .union(
      [z.string().regex(/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/, { error: () => INSTANT }), z.number()],
      { error: () => INSTANT },
    )
    .meta({ unit: 'time' });
}

/** An IANA time zone, such as Europe/Berlin. */
export function timeZone() {
  return z
    .string()
    .refine(isTimeZone, { error: 'an IANA time zone such as UTC or America/New_York' })
    .meta({ unit: 'time zone' });
}

const DURATION = 'a duration with its unit, such as 250ms, 5m, 1h30m or 30d';
const INSTANT = 'a date or time such as 2012-12-31 or 2013-01-01T00:00:00Z, or epoch milliseconds';

function toMilliseconds(value: string | number): number {
  try {
    return parseDuration(value);
  } catch {
    return Number.NaN;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
