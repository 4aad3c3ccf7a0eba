import { setImmediate } from 'node:timers/promises';
import { asyncScheduler, type SchedulerLike, type Subscription, timer } from 'rxjs';
import { SegtideError } from '../../errors.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import { createUsageEventParser, type UsageEvent, type UsageEventOptions } from '../../ingest/usage-event.js';
import type { Source } from '../../ports.js';

/** How events that are pushed wait to be pulled. */
export interface EventBufferOptions {
  /** Events of a batch, from 1. @default 4096 */
  readonly batchEvents?: number;
  /** How long the first event of a batch waits for others, ms. @default 50 */
  readonly batchMs?: number;
  /** With a clock: after so long without events, in ms, windows may close by it. @default 1000 */
  readonly idleMs?: number;
  /**
   * Most events that may wait, from `batchEvents`. Whoever pushes cannot be made to wait, so one more is an error and
   * not a growing heap. An event that waits takes some 100 to 200 bytes. @default 1_000_000
   */
  readonly maxBuffered?: number;
  /**
   * For a host that can hold events back: told `true` when more than half of `maxBuffered` wait, and `false` when less
   * than a quarter do again.
   */
  readonly onPressure?: (hold: boolean) => void;
  /** What `batchMs` and `idleMs` are measured by. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

export interface EventBufferSettings extends Omit<Required<EventBufferOptions>, 'onPressure'> {
  readonly onPressure: ((hold: boolean) => void) | undefined;
}

/** A source of events that a program pushes. */
export interface EventSource extends Source {
  /**
   * Adds an event, which must not be changed afterwards.
   *
   * @throws SegtideError `input` when `maxBuffered` events wait already
   */
  push(event: UsageEvent): void;
  /** No more events come: what waits is pulled, and then the end. */
  end(): void;
}

/** @throws SegtideError `config` when a number is out of range */
export function resolveEventBuffer(options: EventBufferOptions = {}): EventBufferSettings {
  const { batchEvents = 4096, batchMs = 50, idleMs = 1000, maxBuffered = 1_000_000 } = options;
  whole('batchEvents', batchEvents, 1);
  whole('batchMs', batchMs, 0);
  whole('idleMs', idleMs, 1);
  whole('maxBuffered', maxBuffered, batchEvents);
  const { onPressure, scheduler = asyncScheduler } = options;
  return { batchEvents, batchMs, idleMs, maxBuffered, onPressure, scheduler };
}

/**
 * Creates a source that batches what is pushed into it, in order. One pull waits at a time. Between two batches the
 * event loop has its turn, so that a backlog does not stall the program around it.
 *
 * @param live whether silence gives empty batches, by which windows close
 */
export function createEventSource(
  settings: EventBufferSettings,
  events: UsageEventOptions,
  { live }: { readonly live: boolean },
): EventSource {
  const { batchEvents, batchMs, idleMs, maxBuffered, onPressure, scheduler } = settings;
  const parser = createUsageEventParser(events);
  let queue: UsageEvent[] = [];
  let head = 0;
  let pulled = 0;
  let ended = false;
  let closed = false;
  let holding = false;
  let wake: (() => void) | undefined;

  const waiting = (): number => queue.length - head;

  function tellPressure(): void {
    const hold = holding ? waiting() >= maxBuffered / 4 : waiting() > maxBuffered / 2;
    if (hold === holding) return;
    holding = hold;
    onPressure?.(hold);
  }

  function take(): UsageBatch {
    const batch = queue.slice(head, head + batchEvents);
    head += batch.length;
    pulled += batch.length;
    // Moving what is left only when it is the lesser part keeps a long queue from being copied at every batch.
    if (head * 2 >= queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    tellPressure();
    return parser.parse(batch);
  }

  /** Resolves to false when nothing happened for so long; undefined waits without end. */
  function news(patienceMs: number | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      let limit: Subscription | undefined;
      const settle = (happened: boolean): void => {
        wake = undefined;
        limit?.unsubscribe();
        resolve(happened);
      };
      wake = () => settle(true);
      if (patienceMs !== undefined) limit = timer(patienceMs, scheduler).subscribe(() => settle(false));
    });
  }

  return {
    push(event) {
      if (closed || ended) return;
      if (waiting() >= maxBuffered) throw overflow(maxBuffered);
      queue.push(event);
      if (waiting() === 1 || waiting() === batchEvents) wake?.();
      tellPressure();
    },
    end() {
      ended = true;
      wake?.();
    },
    async pull() {
      await setImmediate();
      while (!closed) {
        const has = waiting();
        if (has >= batchEvents || (ended && has > 0)) return take();
        if (ended) return undefined;
        const patience = has > 0 ? batchMs : live ? idleMs : undefined;
        if (!(await news(patience)) && !closed) return take();
      }
      return undefined;
    },
    position: () => ({ events: pulled }),
    async close() {
      closed = true;
      queue = [];
      head = 0;
      wake?.();
    },
  };
}

function overflow(maxBuffered: number): SegtideError {
  return new SegtideError(
    'input',
    `${maxBuffered} events wait to be dealt with, the most that \`buffer.maxBuffered\` allows: they come faster than they can be dealt with. Hold them back when \`buffer.onPressure\` says so, or raise \`maxBuffered\` if this is a peak.`,
    { retriable: true },
  );
}

function whole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new SegtideError('config', `\`buffer.${name}\` must be a whole number of at least ${least}; got ${value}`);
}
