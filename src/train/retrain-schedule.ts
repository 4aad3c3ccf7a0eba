import { SegtideError } from '../errors.js';
import { type CronTriggerSnapshot, createCronTrigger } from './cron-trigger.js';
import type { RetrainSettings } from './retrain-settings.js';

/** Plain data. */
export interface RetrainScheduleSnapshot {
  readonly formatVersion: 3;
  /** Whether a model serves. */
  readonly serving: boolean;
  readonly windowsSinceFit: number;
  /** Event time of the last fit, epoch ms; null before the first. */
  readonly lastFitAt: number | null;
  /** Latest event time seen, epoch ms; null before the first. */
  readonly now: number | null;
  /** Why the training that is under way was started; null when there is none. */
  readonly training: readonly string[] | null;
  readonly requests: readonly string[];
  /** Those of the requests for which a refit is enough. */
  readonly refits: readonly string[];
  /** First fits so far that gave no model. */
  readonly refused: number;
  /** Null where there is no cron expression. */
  readonly cron: CronTriggerSnapshot | null;
  /** Whole waves so far, up to the second. */
  readonly waves: number;
  /** Of the model that serves. */
  readonly fit: Fit;
  /** The last fit, whatever came of it. */
  readonly tried: Fit;
  readonly triesAgain: boolean;
}

/** What a model was fitted to. Plain data. */
interface Fit {
  /** Windows that it had to learn from; null where there were enough. */
  readonly windows: number | null;
  /** Whether it was a refit, which a retraining is to follow. */
  readonly refit: boolean;
}

const ENOUGH: Fit = { windows: null, refit: false };

/** Decides when a model is fitted, by counts and event time alone. */
export interface RetrainSchedule {
  /**
   * Counts windows that were learnt from, and the event time that they brought.
   *
   * @param eventTime latest of them, epoch ms; one behind an earlier one is ignored
   * @param endsWave whether no more will come that end with them. @default false
   */
  observe(windows: number, eventTime: number, endsWave?: boolean): void;
  /**
   * Looks at the clock that `cron` goes by.
   *
   * @param now epoch ms; it may go back
   */
  look(now: number): void;
  /**
   * Asks for a retraining: by drift, by hand. Asking twice for the same reason is asking once.
   *
   * @param refit a refit is enough. @default false
   */
  request(reason: string, refit?: boolean): void;
  /** Why a fit should start now, all reasons at once; undefined when none should. */
  due(): readonly string[] | undefined;
  /** The same at the end of the input, where a first fit takes what there is. */
  dueAtEnd(): readonly string[] | undefined;
  /**
   * Whether a refit is enough of what is due.
   *
   * @param windows that it would have to learn from
   */
  isRefitEnough(windows: number): boolean;
  /**
   * A fit has started on what was observed so far. What asks for one from here on counts for the next.
   *
   * @param fittedTo windows that it has to learn from. @default enough of them
   * @param refit @default false
   */
  started(reasons: readonly string[], fittedTo?: number, refit?: boolean): void;
  /** A model serves that was fitted elsewhere: retraining is due as after a fit at the first windows that come. */
  adopted(): void;
  /** Another model serves than the last fit gave, put into force by hand: the next fit counts from here. */
  replaced(): void;
  /**
   * The fit has ended. Until a first one is promoted, the next is due after twice as many windows.
   *
   * @param isNew it learnt a new behaviour alone, which more windows may tell better. @default false
   * @param fittedTo windows that it turned out to have to learn from. @default as many as when it was started
   */
  finished(promoted: boolean, isNew?: boolean, fittedTo?: number): void;
  /** Whether a new behaviour, of which a fit was refused, is tried again once there are twice as many windows of it. */
  readonly triesAgain: boolean;
  /**
   * Why the training that is under way was started; undefined when there is none. A restored schedule still has it:
   * whoever restores either trains again on the restored reservoir, or says that it has finished without a model.
   */
  readonly training: readonly string[] | undefined;
  snapshot(): RetrainScheduleSnapshot;
}

/**
 * Creates the schedule of fits: the first once enough windows are in, then by count or event time, whichever comes
 * first, or on request; never sooner than `minIntervalMs` after the last, and never two at once. What asks during a
 * training is kept and becomes one fit.
 *
 * @throws SegtideError `state` when the snapshot has another format.
 */
export function createRetrainSchedule(settings: RetrainSettings, snapshot?: RetrainScheduleSnapshot): RetrainSchedule {
  if (snapshot !== undefined && snapshot.formatVersion !== 3) {
    throw new SegtideError(
      'state',
      `The retrain schedule's snapshot has format ${String(snapshot.formatVersion)}; this version reads format 3`,
    );
  }
  let serving = snapshot?.serving ?? false;
  let windowsSinceFit = snapshot?.windowsSinceFit ?? 0;
  let lastFitAt = snapshot?.lastFitAt ?? Number.NEGATIVE_INFINITY;
  let now = snapshot?.now ?? Number.NEGATIVE_INFINITY;
  let training = snapshot?.training ?? undefined;
  let requests = new Set(snapshot?.requests ?? []);
  let refused = snapshot?.refused ?? 0;
  const cron = settings.cron && createCronTrigger(settings.cron, snapshot?.cron ?? undefined);
  let waves = snapshot?.waves ?? 0;
  let fit = snapshot?.fit ?? ENOUGH;
  let tried = snapshot?.tried ?? ENOUGH;
  let triesAgain = snapshot?.triesAgain ?? false;
  let refits = new Set(snapshot?.refits ?? []);

  /** What gave no model once will hardly give one after as little again; a training is dear. */
  function firstFitWindows(): number {
    return Math.min(settings.firstFit * 2 ** refused, Math.max(settings.firstFit, settings.everyWindows));
  }

  function due(): readonly string[] | undefined {
    if (training !== undefined || now - lastFitAt < settings.minIntervalMs) return undefined;
    if (!serving) return windowsSinceFit < firstFitWindows() && !isEarly() ? undefined : [firstFitReason()];
    const reasons = [...requests];
    if (isYoung()) reasons.push(`${windowsSinceFit} windows since the last fit, which had ${tried.windows}`);
    if (windowsSinceFit >= settings.everyWindows) reasons.push(`${windowsSinceFit} windows since the last fit`);
    if (now - lastFitAt >= settings.everyMs && isWorthIt()) {
      reasons.push(`${inWords(now - lastFitAt)} of event time since the last fit`);
    }
    return reasons.length === 0 ? undefined : reasons;
  }

  /** Time alone brings nothing new to learn from. */
  function isWorthIt(): boolean {
    return windowsSinceFit >= Math.min(settings.minWindows, settings.everyWindows);
  }

  /** A first model need not wait where whole waves are small: it is fitted anew as they add up. */
  function isEarly(): boolean {
    return settings.earlyFit !== undefined && refused === 0 && waves >= 2 && windowsSinceFit >= settings.earlyFit;
  }

  /**
   * A model of few windows, or one that was only refitted, is fitted anew once there would be twice as many as at the
   * last attempt; so is one that few windows of a new behaviour did not make. Otherwise a challenger that was refused
   * makes no other model of the one that serves.
   */
  function isYoung(): boolean {
    const few = fit.windows !== null && (fit.windows < settings.firstFit || fit.refit);
    return (few || triesAgain) && tried.windows !== null && windowsSinceFit >= tried.windows;
  }

  function firstFitReason(): string {
    const windows = `first fit: ${windowsSinceFit} windows`;
    return refused === 0 ? windows : `${windows} since the last of ${refused} without a model`;
  }

  return {
    observe(windows, eventTime, endsWave = false) {
      windowsSinceFit += windows;
      if (endsWave) waves = Math.min(2, waves + 1);
      if (eventTime > now) now = eventTime;
      if (serving && lastFitAt === Number.NEGATIVE_INFINITY) lastFitAt = now;
    },
    look(clock) {
      // A time that too little came before is passed over, as one is while there is no model to retrain.
      if (cron?.fires(clock) && serving && isWorthIt()) requests.add(`cron: ${settings.cron!.expression}`);
    },
    request(reason, refit = false) {
      requests.add(reason);
      if (refit) refits.add(reason);
    },
    isRefitEnough(windows) {
      if (!serving || windowsSinceFit >= settings.everyWindows) return false;
      if ([...requests].some((reason) => !refits.has(reason))) return false;
      return requests.size > 0 || (isYoung() && windows < settings.firstFit);
    },
    due,
    dueAtEnd() {
      if (training !== undefined || serving || windowsSinceFit === 0) return due();
      return [`first fit: end of input after ${windowsSinceFit} windows`];
    },
    started(reasons, windows, refit = false) {
      training = reasons;
      tried = { windows: windows ?? null, refit };
      triesAgain = false;
      windowsSinceFit = 0;
      lastFitAt = now;
      requests = new Set();
      refits = new Set();
    },
    adopted() {
      serving = true;
    },
    replaced() {
      serving = true;
      windowsSinceFit = 0;
      lastFitAt = now;
      requests = new Set();
      refits = new Set();
      // What the last fit had says nothing of this model.
      fit = ENOUGH;
      tried = ENOUGH;
      triesAgain = false;
    },
    finished(promoted, isNew = false, fittedTo) {
      training = undefined;
      if (fittedTo !== undefined) tried = { ...tried, windows: fittedTo };
      serving ||= promoted;
      if (promoted) fit = tried;
      triesAgain = !promoted && isNew && tried.windows !== null && tried.windows < settings.firstFit;
      if (!serving) refused++;
    },
    get triesAgain() {
      return triesAgain;
    },
    get training() {
      return training;
    },
    snapshot: () => ({
      formatVersion: 3,
      serving,
      windowsSinceFit,
      lastFitAt: Number.isFinite(lastFitAt) ? lastFitAt : null,
      now: Number.isFinite(now) ? now : null,
      training: training ?? null,
      requests: [...requests],
      refits: [...refits],
      refused,
      cron: cron?.snapshot() ?? null,
      waves,
      fit,
      tried,
      triesAgain,
    }),
  };
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

function inWords(ms: number): string {
  for (const [name, length] of UNITS) if (ms >= 2 * length) return `${Math.round(ms / length)} ${name}`;
  return `${ms} ms`;
}
