import { easeOff } from './ease-off.js';

/** When a step of a window is, on the local clock. */
export interface CalendarPlace {
  /** 0 for Monday to 6 for Sunday; undefined where a step is longer than a day. */
  readonly weekday: number | undefined;
  /** 0 to 23, of the middle of the step; undefined where a step is longer than a part of the day. */
  readonly hour: number | undefined;
}

/** Usage in a time of the week or day over that in the rest, at which a segment is named after it. */
const MARKED = 1.5;

/** Of two that are marked alike the later one is said: a part rather than all of the day. */
const DAY_PARTS = [
  ['daytime', 6, 18],
  ['night', 0, 6],
  ['morning', 6, 12],
  ['afternoon', 12, 18],
  ['evening', 18, 24],
] as const;

/**
 * Names the time of the week or of the day in which a curve has most of its usage: `weekend`, `weekday`, `daytime`,
 * `night`, `morning`, `afternoon`, `evening`, or a pair of both; empty where none is marked.
 *
 * @param prototype one channel, (steps)
 * @param places when each step is, (steps)
 * @param former words that were said of the segment before, which stay while the curve is near the border
 */
export function segmentTiming(
  prototype: Float64Array,
  places: readonly CalendarPlace[],
  former: readonly string[] = [],
): readonly string[] {
  const over = (inside: (place: CalendarPlace) => boolean | undefined): number => {
    let sumIn = 0;
    let sumOut = 0;
    let cellsIn = 0;
    let cellsOut = 0;
    for (const [t, place] of places.entries()) {
      const value = prototype[t]!;
      const side = inside(place);
      if (side === undefined || Number.isNaN(value)) continue;
      if (side) {
        sumIn += value;
        cellsIn++;
      } else {
        sumOut += value;
        cellsOut++;
      }
    }
    if (cellsIn === 0 || cellsOut === 0 || sumIn <= 0) return 0;
    return sumIn / cellsIn / Math.max(sumOut / cellsOut, Number.MIN_VALUE);
  };

  const words: string[] = [];
  const weekend = (place: CalendarPlace): boolean | undefined =>
    place.weekday === undefined ? undefined : place.weekday >= 5;
  const markedFrom = (word: string): number => easeOff(MARKED, former.includes(word));
  if (over(weekend) >= markedFrom('weekend')) words.push('weekend');
  else if (over((place) => negate(weekend(place))) >= markedFrom('weekday')) words.push('weekday');

  let most = 1;
  let part: string | undefined;
  for (const [name, from, to] of DAY_PARTS) {
    const ratio = over((place) => (place.hour === undefined ? undefined : place.hour >= from && place.hour < to));
    const marked = ratio / markedFrom(name);
    if (marked >= most) {
      most = marked;
      part = name;
    }
  }
  if (part !== undefined) words.push(part);
  return words;
}

function negate(side: boolean | undefined): boolean | undefined {
  return side === undefined ? undefined : !side;
}
