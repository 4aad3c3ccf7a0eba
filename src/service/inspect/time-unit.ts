import type { TimeUnit } from '../../ingest/ingest-options.js';

const UNITS: readonly (readonly [TimeUnit, number])[] = [
  ['s', 1000],
  ['ms', 1],
  ['us', 1e-3],
  ['ns', 1e-6],
];

const EARLIEST = Date.UTC(1990, 0);
const LATEST = Date.UTC(2100, 0);

/**
 * The unit in which all numbers of a range are times from 1990 to 2100; undefined where there is none. It is one at most:
 * those years span less than a factor of a thousand in any unit.
 */
export function timeUnitOf([low, high]: readonly [number, number]): TimeUnit | undefined {
  return UNITS.find(([, perUnit]) => low * perUnit >= EARLIEST && high * perUnit < LATEST)?.[0];
}

/** Milliseconds in one of a unit. */
export function msPer(unit: Exclude<TimeUnit, 'iso'>): number {
  return UNITS.find(([name]) => name === unit)![1];
}
