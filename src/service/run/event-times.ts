import type { Source } from '../../ports.js';

/** Notes the earliest and latest event time that a source gives. */
export interface EventTimes {
  /** The same source, watched. @param from what was seen before it */
  watch(source: Source, from?: readonly [number, number] | null): Source;
  /** [first, last], epoch ms; null before the first event. */
  seen(): readonly [number, number] | null;
  /** -Infinity before the first event. */
  latest(): number;
}

export function createEventTimes(): EventTimes {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  return {
    watch(source, from) {
      if (from) [first, last] = from;
      return {
        async pull() {
          const batch = await source.pull();
          for (let i = 0; i < (batch?.length ?? 0); i++) {
            const time = batch!.eventTimes[i]!;
            if (time < first) first = time;
            if (time > last) last = time;
          }
          return batch;
        },
        position: () => source.position(),
        close: () => source.close(),
      };
    },
    seen: () => (first <= last ? [first, last] : null),
    latest: () => last,
  };
}
