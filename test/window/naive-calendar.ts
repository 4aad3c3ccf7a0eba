import { Temporal } from 'temporal-polyfill';

/** Steps by brute force: what the step clocks are held against. */
export interface NaiveCalendar {
  stepOf(epochMs: number): number;
  startOf(step: number): number;
}

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Offsets of 1970 to 2100; beyond either end the nearest holds, as for the zones of ours. */
const segments = new Map<string, readonly Segment[]>();

function segmentsOf(zone: string): readonly Segment[] {
  const known = segments.get(zone);
  if (known !== undefined) return known;
  const list: Segment[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(1969, 11, 30)).toZonedDateTimeISO(zone);
  let from = Number.NEGATIVE_INFINITY;
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    const isLast = next === null || next.epochMilliseconds >= Date.UTC(2100, 0, 3);
    const to = isLast ? Number.POSITIVE_INFINITY : next.epochMilliseconds;
    list.push({ from, to, offset: at.offsetNanoseconds / 1e6 });
    if (isLast) break;
    from = to;
    at = next;
  }
  segments.set(zone, list);
  return list;
}

export function naiveCalendar(step: 'hour' | 'day' | 'week' | 'month', zone: string): NaiveCalendar {
  const parts = segmentsOf(zone);
  const localStart = (index: number): number => {
    if (step === 'hour') return index * HOUR;
    if (step === 'day') return index * DAY;
    if (step === 'week') return (index * 7 - 3) * DAY;
    return Date.UTC(1970, index);
  };
  return {
    stepOf(epochMs) {
      const local = epochMs + parts.find((part) => epochMs >= part.from && epochMs < part.to)!.offset;
      if (step === 'month') {
        const date = new Date(local);
        return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
      }
      const lengthMs = step === 'hour' ? HOUR : step === 'day' ? DAY : 7 * DAY;
      return Math.floor((local - localStart(0)) / lengthMs);
    },
    // The latest instant at whose left the wall clock reads less.
    startOf(index) {
      const local = localStart(index);
      let latest = Number.NEGATIVE_INFINITY;
      for (const { from, to, offset } of parts) {
        if (local - offset > from) latest = Math.max(latest, Math.min(to, local - offset));
      }
      return latest;
    },
  };
}

export function naiveFixed(lengthMs: number, originMs = 0): NaiveCalendar {
  return {
    stepOf: (epochMs) => Math.floor((epochMs - originMs) / lengthMs),
    startOf: (step) => originMs + step * lengthMs,
  };
}
