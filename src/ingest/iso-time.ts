import type { Zone } from '../numeric/zone.js';

/**
 * Reads an ISO 8601 time from the bytes of `text[start, end)`: `YYYY-MM-DD`, then optionally `T` or a space and
 * `HH:MM[:SS[.fff…]]`, then optionally `Z` or `±HH[[:]MM]`. Digits beyond the millisecond are cut off; a leap second
 * is the second before it.
 *
 * @param zone of times that carry none
 * @returns epoch ms, or NaN if the text is no such time or the date does not exist
 */
export function parseIsoTime(text: Uint8Array, start: number, end: number, zone: Zone): number {
  const length = end - start;
  if (length < 10 || text[start + 4] !== DASH || text[start + 7] !== DASH) return NaN;
  const year = twoDigits(text, start) * 100 + twoDigits(text, start + 2);
  const month = twoDigits(text, start + 5);
  const day = twoDigits(text, start + 8);
  // NaN of a non-digit fails every comparison that is written this way round.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return NaN;
  const midnight = daysFromCivil(year, month, day) * 86_400_000;
  if (length === 10) return zone.toEpoch(midnight);

  const separator = text[start + 10]! | 0x20; // T, t or space
  if ((separator !== 0x74 && separator !== 0x20) || length < 16 || text[start + 13] !== COLON) return NaN;
  const hour = twoDigits(text, start + 11);
  const minute = twoDigits(text, start + 14);
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59)) return NaN;
  let local = midnight + hour * 3_600_000 + minute * 60_000;
  let p = start + 16;
  if (p < end && text[p] === COLON) {
    if (end - p < 3) return NaN;
    const second = twoDigits(text, p + 1);
    if (!(second >= 0 && second <= 60)) return NaN;
    local += (second === 60 ? 59 : second) * 1000;
    p += 3;
    if (p < end && (text[p] === DOT || text[p] === COMMA)) {
      const from = ++p;
      for (let weight = 100; p < end; p++, weight /= 10) {
        const digit = text[p]! - ZERO;
        if (!(digit >= 0 && digit <= 9)) break;
        if (weight >= 1) local += digit * weight;
      }
      if (p === from) return NaN;
    }
  }
  if (p === end) return zone.toEpoch(local);
  return local - offsetOf(text, p, end);
}

/** Whether text begins with a date such as 2026-02-30, which is well written and of which there is no such day. */
export function isNoSuchDay(text: Uint8Array, start: number, end: number): boolean {
  if (end - start < 10 || text[start + 4] !== DASH || text[start + 7] !== DASH) return false;
  const year = twoDigits(text, start) * 100 + twoDigits(text, start + 2);
  const month = twoDigits(text, start + 5);
  const day = twoDigits(text, start + 8);
  return year >= 0 && month >= 0 && day >= 0 && !(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month));
}

const ZERO = 48;
const DASH = 45;
const PLUS = 43;
const COLON = 58;
const DOT = 46;
const COMMA = 44;

/** Two digits as a number, or NaN. Beyond the end of the text the caller's other checks fail. */
function twoDigits(text: Uint8Array, at: number): number {
  const tens = text[at]! - ZERO;
  const ones = text[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** The UTC offset written in `text[at, end)` in ms, or NaN. */
function offsetOf(text: Uint8Array, at: number, end: number): number {
  const sign = text[at];
  const length = end - at;
  if (length === 1) return (sign! | 0x20) === 0x7a ? 0 : NaN; // Z or z
  if (sign !== PLUS && sign !== DASH) return NaN;
  const colon = length === 6 && text[at + 3] === COLON ? 1 : 0;
  if (length !== 3 && length !== 5 + colon) return NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = length === 3 ? 0 : twoDigits(text, at + 3 + colon);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  return (sign === DASH ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
