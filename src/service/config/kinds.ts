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

/** Of a broker. */
export function address() {
  return z
    .string()
    .regex(/^[^\s:,]+:\d{1,5}$|^\[[\da-fA-F:.]+\]:\d{1,5}$/, { error: () => '`host:port`, such as localhost:9092' });
}

/** Name of one topic, as Kafka allows it. */
export function topic() {
  return z.string().refine(isTopic, { error: () => `a topic name: ${TOPIC}` });
}

/** What the names of several topics begin with. */
export function topicPrefix() {
  return z.string().regex(/^[a-zA-Z0-9._-]{0,200}$/, { error: () => 'letters, digits, `.`, `_` and `-`, at most 200' });
}

/** Names of topics, or one pattern between slashes that all of them match; a bare text is a list of one. */
export function topics() {
  return z
    .preprocess(
      (value) => (typeof value === 'string' ? [value] : value),
      z
        .array(z.string())
        .min(1)
        .refine((names) => names.every(isTopic) || (names.length === 1 && isPattern(names[0]!)), {
          error: () => `a list of topic names (${TOPIC}), or one pattern between slashes such as /^usage-.*/`,
        }),
    )
    .meta({ type: ['array', 'string'] });
}

/** Text that is masked wherever the config is shown. */
export function secret() {
  return text().meta({ secret: true });
}

/** A duration such as `5m`; a bare number but 0 has no unit and is refused. Milliseconds once parsed, as is `min`. */
export function duration({ min = 0 }: Pick<Range, 'min'> = {}) {
  return z
    .union([z.string(), z.number()], { error: () => DURATION })
    .transform((value, context) => {
      const ms = typeof value === 'number' && value !== 0 ? Number.NaN : toMilliseconds(value);
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

/** A point in time that hangs on no time zone, or one of the words; epoch milliseconds once parsed. */
export function instantOr<const T extends string>(words: readonly T[]) {
  const wanted = `${words.join(', ')}, or ${INSTANT_UTC}`;
  return z
    .union([z.enum(words), z.string(), z.number()], { error: () => wanted })
    .transform((value, context): T | number => {
      if (typeof value === 'number' || words.includes(value as T)) return value as T | number;
      const ms = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value) ? Date.parse(value) : Number.NaN;
      if (!Number.isNaN(ms)) return ms;
      context.addIssue({ code: 'custom', message: wanted, input: value });
      return z.NEVER;
    })
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
const INSTANT_UTC = 'a date (UTC) or a time with its offset such as 2026-01-31T08:00:00Z, or epoch milliseconds';
const TOPIC = 'letters, digits, `.`, `_` and `-`, at most 249';

function isTopic(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

function isPattern(text: string): boolean {
  if (!/^\/.+\/$/.test(text)) return false;
  try {
    return new RegExp(text.slice(1, -1)) !== undefined;
  } catch {
    return false;
  }
}

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
