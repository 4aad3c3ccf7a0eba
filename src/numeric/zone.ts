import { createRequire } from 'node:module';

import { SegtideError } from '../errors.js';

/**
 * A time zone as a table of offsets. Local times are written as the epoch ms at which UTC clocks show the same digits.
 *
 * The table spans 1970 to 2100; beyond either end the nearest offset holds. Neighbouring calls cost O(1).
 */
export interface Zone {
  readonly name: string;
  /** UTC offset in ms at an instant: local = epoch + offset. */
  offsetAt(epochMs: number): number;
  /**
   * The instant after which local time is never again before `localMs`: where the wall-clock bin that begins at
   * `localMs` begins. A repeated hour so belongs to its bin as a whole; a skipped hour is an empty bin.
   */
  startOf(localMs: number): number;
  /**
   * The instant of a local time, disambiguated as RFC 5545 and Temporal's `compatible` do: a local time that occurs
   * twice is the earlier one, a skipped one is read with the offset before the gap (02:30 becomes 03:30).
   */
  toEpoch(localMs: number): number;
}

/**
 * Creates the offset table of an IANA zone (`Europe/Berlin`) or a fixed offset (`+05:30`).
 *
 * UTC needs no table. For others the transitions come from the runtime's own zone data through Temporal, which is
 * loaded only then; finding those of one zone takes some 30 ms, once.
 *
 * @throws SegtideError `config` for an unknown zone
 */
export function createZone(name: string): Zone {
  if (isUtc(name)) return UTC;
  const { starts, offsets, localStarts } = transitionsOf(name);
  const segments = starts.length;

  // The segment of the last call, so that neighbouring times need no search.
  let from = 0;
  let to = 0; // an empty range: the first call searches
  let offset = 0;
  let local = 0;

  const segmentOf = (localMs: number): number => {
    const inside = localStarts[local]! <= localMs && (local + 1 === segments || localMs < localStarts[local + 1]!);
    if (!inside) local = lastAtOrBefore(localStarts, localMs);
    return local;
  };

  return {
    name,
    offsetAt(epochMs) {
      if (epochMs >= from && epochMs < to) return offset;
      const k = lastAtOrBefore(starts, epochMs);
      from = starts[k]!;
      to = k + 1 < segments ? starts[k + 1]! : Infinity;
      offset = offsets[k]!;
      return offset;
    },
    startOf(localMs) {
      let k = segmentOf(localMs);
      // A segment that begins exactly at this local time has nothing before it.
      if (k > 0 && localStarts[k] === localMs) k--;
      const t = localMs - offsets[k]!;
      return k + 1 < segments ? Math.min(t, starts[k + 1]!) : t;
    },
    toEpoch(localMs) {
      const k = segmentOf(localMs);
      if (k > 0) {
        const earlier = localMs - offsets[k - 1]!;
        if (earlier < starts[k]!) return earlier;
      }
      return localMs - offsets[k]!; // inside the segment, or in the gap after it
    },
  };
}

const UTC: Zone = { name: 'UTC', offsetAt: () => 0, startOf: (localMs) => localMs, toEpoch: (localMs) => localMs };

function isUtc(name: string): boolean {
  return /^(etc\/)?(utc|gmt)$/i.test(name);
}

const FIRST = Date.UTC(1969, 11, 30);
const END = Date.UTC(2100, 0, 3);

interface Transitions {
  /** The instants from which an offset holds; the first is -Infinity. */
  readonly starts: Float64Array; // (segments)
  /** In ms. */
  readonly offsets: Float64Array; // (segments)
  /** Local time right after each transition, to find segments by local time. */
  readonly localStarts: Float64Array; // (segments)
}

/** Tables by name: they are constant, and options, parsers and windows ask for the same few. */
const tables = new Map<string, Transitions>();
const MAX_TABLES = 1024;

function transitionsOf(name: string): Transitions {
  const known = tables.get(name);
  if (known) return known;
  const found = findTransitions(name);
  if (tables.size >= MAX_TABLES) tables.clear(); // names may come from records, in any spelling
  tables.set(name, found);
  return found;
}

function findTransitions(name: string): Transitions {
  let at = inZone(name);
  const starts = [-Infinity];
  const offsets = [at.offsetNanoseconds / 1e6];
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds >= END) break;
    starts.push(next.epochMilliseconds);
    offsets.push(next.offsetNanoseconds / 1e6);
    at = next;
  }
  return {
    starts: Float64Array.from(starts),
    offsets: Float64Array.from(offsets),
    localStarts: Float64Array.from(starts, (start, k) => start + offsets[k]!),
  };
}

function inZone(name: string) {
  // A synchronous load: zones are made while options are resolved, and most programs never need one.
  const { Temporal } = createRequire(import.meta.url)('temporal-polyfill') as typeof import('temporal-polyfill');
  try {
    return Temporal.Instant.fromEpochMilliseconds(FIRST).toZonedDateTimeISO(name);
  } catch (cause) {
    throw new SegtideError(
      'config',
      `a time zone must be an IANA name such as \`Europe/Berlin\`, or \`UTC\`; got \`${name}\``,
      { cause },
    );
  }
}

/** Index of the last value that is not after `x`; `sorted[0]` is -Infinity. */
function lastAtOrBefore(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= x) low = middle;
    else high = middle;
  }
  return low;
}
