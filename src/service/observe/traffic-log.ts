import type { Health } from '../http/health.js';
import type { Log } from '../log.js';
import type { Progress } from '../run-summary.js';

/** Tells the log now and then how a service is: at work, without traffic, or stuck. */
export interface TrafficLog {
  /** Takes how far a worker is. */
  take(progress: Progress): void;
  /** Writes a line now. */
  look(): void;
  close(): void;
}

export interface TrafficLogOptions {
  readonly log: Log;
  /** Whether the process reads events; one that does not tells what its checks say. */
  readonly reads: boolean;
  readonly health: Pick<Health, 'report'>;
  /** Records that are known to wait at the brokers; undefined where nobody knows. */
  readonly waiting: () => number | undefined;
  /** Epoch ms. */
  readonly now: () => number;
  /** In ms. */
  readonly everyMs: number;
}

export function createTrafficLog(options: TrafficLogOptions): TrafficLog {
  const { log, reads, health, waiting, now, everyMs } = options;
  let latest: Progress | undefined;
  let told = { at: now(), events: 0 };
  let activeAt = now();

  const lineOf = (): Line => {
    const at = now();
    const events = latest?.events ?? 0;
    const came = events - told.events;
    const seconds = (at - told.at) / 1000;
    told = { at, events };
    if (came > 0) activeAt = at;
    const { checks } = health.report();
    const wrong = checks.find(({ ok }) => !ok);
    if (wrong !== undefined) {
      // What does not progress any more did so before; all else is a start, a rebalance or an end.
      const isStuck = wrong.name.endsWith('.progressing');
      const text = `${isStuck ? 'stuck' : 'not ready'}: ${wrong.detail}`;
      return [isStuck ? 'warn' : 'info', text, { check: wrong.name }];
    }
    if (!reads) return ['info', `well: ${checks.map(({ detail }) => detail).join('; ')}`, {}];
    if (came > 0) return ['info', 'at work', { ...factsOf(latest!), eventsPerSecond: Math.round(came / seconds) }];
    const idleSeconds = Math.round((at - activeAt) / 1000);
    const records = waiting();
    if (records === undefined) return ['info', 'no events came; whether records wait is not known', { idleSeconds }];
    if (records > 0) return ['warn', 'nothing was read, and yet records wait', { records, idleSeconds }];
    return ['info', 'no traffic: all that is there was read, and brokers answer', { idleSeconds }];
  };
  const look = (): void => {
    const [level, text, fields] = lineOf();
    log[level](text, fields);
  };
  const timer = setInterval(look, everyMs).unref();
  return {
    take(progress) {
      latest = progress;
    },
    look,
    close: () => clearInterval(timer),
  };
}

type Line = readonly [level: 'info' | 'warn', text: string, fields: Readonly<Record<string, unknown>>];

function factsOf({ events, late = 0, deadLettered = 0, windows, watermark, modelVersion }: Progress) {
  return {
    ...{ events, late, deadLettered, windows },
    watermark: Number.isFinite(watermark) ? new Date(watermark).toISOString() : null,
    modelVersion,
  };
}
