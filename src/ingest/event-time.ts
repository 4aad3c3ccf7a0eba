import type { Zone } from '../numeric/zone.js';
import type { TimeUnit } from './ingest-options.js';
import { parseIsoTime } from './iso-time.js';
import { INSTANT, LOCAL, NUMBER, type RecordFields, STRING } from './record-fields.js';

/**
 * The event time in a record's field, epoch ms, rounded down; NaN if the field holds nothing that the unit allows.
 *
 * Fractions are read to the microsecond, since seconds as a double are no finer. Whole us and ns are exact at any size.
 *
 * @param zone of times that carry none
 */
export function readEventTime(
  fields: RecordFields,
  field: number,
  text: Uint8Array,
  unit: TimeUnit,
  zone: Zone,
): number {
  const kind = fields.kinds[field]!;
  if (kind === INSTANT) return fields.numbers[field]!;
  if (kind === LOCAL) return zone.toEpoch(fields.numbers[field]!);
  if (unit === 'iso')
    return kind === STRING ? parseIsoTime(text, fields.starts[field]!, fields.ends[field]!, zone) : NaN;
  if (kind !== NUMBER) return NaN;
  const value = fields.numbers[field]!;
  switch (unit) {
    case 's':
      return Number.isInteger(value) ? value * 1000 : Math.floor(Math.round(value * 1e6) / 1000);
    case 'ms':
      return Number.isInteger(value) ? value : Math.floor(Math.round(value * 1000) / 1000);
    case 'us':
      return withoutDigits(value, 3, text, fields.starts[field]!, fields.ends[field]!);
    case 'ns':
      return withoutDigits(value, 6, text, fields.starts[field]!, fields.ends[field]!);
  }
}

const ZERO = 48;
const NINE = 57;
const MINUS = 45;

/** floor(value / 10^drop), from the digits as written where a double can't hold the number. */
function withoutDigits(value: number, drop: number, text: Uint8Array, start: number, end: number): number {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return Math.floor(value / 10 ** drop);
  const negative = text[start] === MINUS;
  let m = 0;
  let p = negative ? start + 1 : start;
  for (; p < end - drop; p++) {
    const c = text[p]!;
    if (c < ZERO || c > NINE) return Math.floor(value / 10 ** drop); // a fraction or an exponent
    m = m * 10 + (c - ZERO);
  }
  let rest = 0;
  for (; p < end; p++) {
    const c = text[p]!;
    if (c < ZERO || c > NINE) return Math.floor(value / 10 ** drop);
    rest += c - ZERO;
  }
  return negative ? -m - (rest > 0 ? 1 : 0) : m;
}
