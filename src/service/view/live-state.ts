import type { Progress, RunSummary } from '../run-summary.js';
import { createRecentRate } from '../summary/recent-rate.js';
import type { ProgressAnswer } from './api/answers.js';

/** What is happening now, of a run that tells it. */
export interface LiveState {
  /** Null where nobody tells. */
  readonly progress: ProgressAnswer | null;
  /** What the run calls itself, once it has finished. */
  readonly name: string | undefined;
  take(progress: Progress): void;
  finish(summary: Pick<RunSummary, 'name' | 'events' | 'eventTimes' | 'windows' | 'modelVersion'>): void;
}

/** @param now monotonic, ms */
export function createLiveState(now: () => number): LiveState {
  const began = now();
  const rateOf = createRecentRate();
  let progress: ProgressAnswer | null = null;
  let known: string | undefined;
  return {
    get name() {
      return known;
    },
    get progress() {
      return progress;
    },
    take({ phase, done, events = 0, late, deadLettered, windows, watermark, modelVersion }) {
      progress = {
        phase,
        done: done ?? null,
        events,
        eventsPerSecond: rateOf(events, (now() - began) / 1000) ?? null,
        late: late ?? null,
        deadLettered: deadLettered ?? null,
        windows,
        watermark: Number.isFinite(watermark) ? watermark : null,
        modelVersion,
      };
    },
    finish({ name, events, eventTimes, windows, modelVersion }) {
      known = name;
      progress = {
        phase: 'finished',
        done: 1,
        events: events.in,
        eventsPerSecond: null,
        late: events.late,
        deadLettered: events.deadLettered + events.quarantined,
        windows,
        watermark: eventTimes?.[1] ?? null,
        modelVersion,
      };
    },
  };
}
