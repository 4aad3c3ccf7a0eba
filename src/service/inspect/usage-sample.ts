import type { TimeUnit } from '../../ingest/ingest-options.js';
import type { Roles } from './choose-roles.js';
import { toIsoTime, toNumber } from './describe-fields.js';
import type { Sample } from './sample.js';
import { msPer } from './time-unit.js';

/** The usage events of a sample, as columns in the order in which they came. */
export interface UsageSample {
  readonly length: number;
  readonly customers: readonly string[];
  /** Index of the customer. */
  readonly customer: Uint32Array; // (events)
  /** Epoch ms. */
  readonly times: Float64Array; // (events)
  /** Of the first value field; 1 where events are counted, and NaN where it is missing. */
  readonly values: Float64Array; // (events)
  /** Records without a customer, without a time, or of a time far from all others. */
  readonly incomplete: number;
  /** Records that are another's double in all fields. */
  readonly duplicates: number;
}

/** Takes customer, time and first value out of the records. */
export function toUsageSample({ records }: Sample, { customer, time, values }: Roles): UsageSample {
  const eventTimes = records.map((record) => toEventTime(record[time.field], time.unit));
  const [earliest, latest] = plausible(eventTimes);
  const numbers = new Map<string, number>();
  const seen = new Set<string>();
  const customers = new Uint32Array(records.length);
  const times = new Float64Array(records.length);
  const usage = new Float64Array(records.length);
  const [value] = values;
  let length = 0;
  let duplicates = 0;
  for (const [row, record] of records.entries()) {
    const id = record[customer.field];
    const eventTime = eventTimes[row]!;
    if (id === null || id === undefined || id === '' || !(eventTime >= earliest && eventTime <= latest)) continue;
    const key = String(id);
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    customers[length] = numbers.get(key)!;
    times[length] = eventTime;
    usage[length] = value === undefined ? 1 : toNumber(record[value]);
    length++;
    const whole = Object.values(record).join('\u0000');
    if (seen.has(whole)) duplicates++;
    else seen.add(whole);
  }
  return {
    length,
    customers: [...numbers.keys()],
    customer: customers.subarray(0, length),
    times: times.subarray(0, length),
    values: usage.subarray(0, length),
    incomplete: records.length - length,
    duplicates,
  };
}

function toEventTime(value: unknown, unit: TimeUnit): number {
  return unit === 'iso' ? toIsoTime(value) : toNumber(value) * msPer(unit);
}

/** Between the times of nearly all records, and as far again on either side: one spoilt time would stretch the span. */
function plausible(times: readonly number[]): readonly [number, number] {
  const sorted = Float64Array.from(times.filter((time) => !Number.isNaN(time))).sort();
  const last = sorted.length - 1;
  const low = sorted[Math.round(0.005 * last)] ?? 0;
  const high = sorted[Math.round(0.995 * last)] ?? 0;
  return [low - (high - low), high + (high - low)];
}
