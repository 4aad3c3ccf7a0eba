import { SegtideError } from '../../errors.js';
import type { ReceiverMeter } from '../../metrics/notify-meter.js';
import { formatDuration } from '../../numeric/duration.js';
import type { Log } from '../log.js';
import { formatCounted } from '../summary/format.js';
import type { AlertReceiver, AlertRequest } from './alert-receiver.js';
import type { HttpPoster } from './http-poster.js';
import { createToldAlerts, type PositionedAlert, type ToldAlertsOptions } from './told-alerts.js';

export interface NotifierOptions extends ToldAlertsOptions {
  /** How long alerts are gathered after the first one. In ms. */
  readonly groupWaitMs: number;
  /** How long a request is tried. In ms. */
  readonly giveUpAfterMs: number;
  /** Gathering ends with so many. @default 1000 */
  readonly mostGathered?: number;
  /** The same once it is told to stop. In ms. @default 3000 */
  readonly stopWithinMs?: number;
}

export interface NotifierParts {
  readonly receiver: AlertReceiver;
  readonly poster: HttpPoster;
  readonly log: Log;
  readonly meter: ReceiverMeter;
  /** Epoch ms. */
  readonly now: () => number;
  /** Aborted where the process is to end: what was gathered is sent at once, tried for `stopWithinMs` more. */
  readonly signal: AbortSignal;
}

/** Tells one receiver of alerts, whoever else is told: a receiver that fails holds up nobody but itself. */
export interface Notifier {
  /**
   * Takes alerts, and resolves once all of them are dealt with: sent, left out, or given up, which is counted and
   * logged. Who brings more only then has no more than these in memory.
   *
   * @throws SegtideError `aborted` where it stopped before: they are to be sent again
   */
  deliver(alerts: readonly PositionedAlert[]): Promise<void>;
  /** Nothing more comes of itself: what was gathered is sent at once, and all that is left is given up together. */
  hurry(): void;
}

/** Alerts that are gathered for one round of requests. */
interface Round {
  readonly alerts: PositionedAlert[];
  readonly done: Promise<void>;
  /** Ends the gathering. */
  readonly go: () => void;
}

export function createNotifier(options: NotifierOptions, parts: NotifierParts): Notifier {
  const { groupWaitMs, giveUpAfterMs, mostGathered = 1000, stopWithinMs = 3000 } = options;
  const { receiver, poster, log, meter, now, signal } = parts;
  const told = createToldAlerts(options);
  const cut = new AbortController();
  let gathering: Round | undefined;
  let sending: Promise<void> = Promise.resolve();
  let waiting = 0;
  let isAway = false;
  /** `performance.now()` at which everything is given up, once there is no more to wait for. */
  let lastUntil = Number.POSITIVE_INFINITY;
  signal.addEventListener(
    'abort',
    () => {
      gathering?.go();
      setTimeout(() => cut.abort(), stopWithinMs).unref();
    },
    { once: true },
  );

  /** Told once of each outage, at its first failure: what follows is silence until it ends or alerts are given up. */
  const wentAway = (why: string): void => {
    if (isAway) return;
    isAway = true;
    const patience = formatDuration(Math.ceil(giveUpAfterMs));
    log.warn(`${receiver.name} takes no alerts: ${why}; they are tried again for ${patience} each`, {
      receiver: receiver.name,
    });
  };
  const cameBack = (): void => {
    if (isAway) log.warn(`${receiver.name} takes alerts again`, { receiver: receiver.name });
    isAway = false;
  };
  const post = async (request: AlertRequest, positions: readonly string[], until: number): Promise<void> => {
    const failure = await poster.post(request.body, request.headers, {
      until,
      signal: cut.signal,
      onFailing: wentAway,
    });
    if (failure === undefined) {
      cameBack();
      for (const sent of request.alerts) told.told(sent);
      return meter.became('delivered', request.alerts.length);
    }
    if (cut.signal.aborted) return;
    meter.became('undelivered', request.alerts.length);
    log.error(`${receiver.name} was not told of ${formatCounted(request.alerts.length, 'alert')}: ${failure}`, {
      receiver: receiver.name,
      positions: positions.slice(0, LOGGED_POSITIONS),
    });
  };
  const send = async (alerts: readonly PositionedAlert[]): Promise<void> => {
    const selected = told.select(alerts, now(), (why) => meter.became(why, 1));
    const positions = new Map(selected.map(({ sent, position }) => [sent, position]));
    const until = Math.min(performance.now() + giveUpAfterMs, lastUntil);
    const requests = receiver.toRequests(selected.map(({ sent }) => sent));
    const next = requests.values();
    const lane = async (): Promise<void> => {
      for (const request of next) {
        await post(
          request,
          request.alerts.map((sent) => positions.get(sent)!),
          until,
        );
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, requests.length) }, lane));
    if (cut.signal.aborted) throw new SegtideError('aborted', 'alerts were still to be sent when it was told to stop');
  };
  const begin = (): Round => {
    const alerts: PositionedAlert[] = [];
    const { promise: gathered, resolve } = withResolvers();
    const isLast = signal.aborted || Number.isFinite(lastUntil);
    const timer = setTimeout(resolve, isLast ? 0 : groupWaitMs);
    const before = sending;
    const done = gathered.then(async () => {
      clearTimeout(timer);
      gathering = undefined;
      await before.catch(() => undefined);
      await send(alerts);
    });
    sending = done;
    return { alerts, done, go: resolve };
  };

  return {
    hurry() {
      lastUntil = performance.now() + giveUpAfterMs;
      if (isAway && waiting > 0) {
        const patience = formatDuration(Math.ceil(giveUpAfterMs));
        log.warn(
          `all is done but for ${formatCounted(waiting, 'alert')} that ${receiver.name} does not take; tried for ${patience} more`,
          { receiver: receiver.name },
        );
      }
      gathering?.go();
    },
    async deliver(alerts) {
      if (alerts.length === 0) return;
      gathering ??= begin();
      const round = gathering;
      round.alerts.push(...alerts);
      waiting += alerts.length;
      meter.waiting(waiting);
      if (round.alerts.length >= mostGathered) round.go();
      try {
        await round.done;
      } finally {
        waiting -= alerts.length;
        meter.waiting(waiting);
      }
    },
  };
}

/** Requests at once: one that dawdles does not hold up the others. */
const LANES = 4;
const LOGGED_POSITIONS = 20;

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
