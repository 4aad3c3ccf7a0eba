import { SegtideError } from '../errors.js';
import { type CronSettings, checkCron } from './cron-trigger.js';

export interface RetrainOptions {
  /**
   * Windows after which the first model is fitted. Each fit that gives none doubles what the next one waits for, up to
   * `everyWindows`.
   * @default 2_000
   */
  readonly firstFit?: number;
  /**
   * Windows after which, at the end of the second whole wave or a later one, a first model is fitted sooner.
   * @default 320, or not before `firstFit` where that is given
   */
  readonly earlyFit?: number | undefined;
  /** Windows after which a model is retrained. @default 50_000 */
  readonly everyWindows?: number;
  /** Event time after which a model is retrained, in ms. @default 4 window lengths */
  readonly everyMs?: number;
  /** When it is retrained by the clock: event time in a replay, wall clock when live. @default never */
  readonly cron?: CronSettings | undefined;
  /**
   * New windows without which time alone, `everyMs` or `cron`, asks for nothing: what is too little for a first model is
   * too little for another. @default `firstFit`
   */
  readonly minWindows?: number;
  /** Least event time between two fits, in ms, whatever asks for them; the first ones too. @default 1 window length */
  readonly minIntervalMs?: number;
}

export type RetrainSettings = Required<Omit<RetrainOptions, 'cron' | 'earlyFit'>> &
  Pick<RetrainOptions, 'cron' | 'earlyFit'>;

/** Some thirty windows of each of ten segments. */
const EARLY_FIT = 320;

/** @throws SegtideError `config` when an option is out of range or the interval is shorter than the least one. */
export function resolveRetrainOptions(options: RetrainOptions, windowMs: number): RetrainSettings {
  const settings: RetrainSettings = {
    firstFit: options.firstFit ?? 2_000,
    everyWindows: options.everyWindows ?? 50_000,
    everyMs: options.everyMs ?? 4 * windowMs,
    minIntervalMs: options.minIntervalMs ?? windowMs,
    minWindows: options.minWindows ?? options.firstFit ?? 2_000,
    ...(options.cron && { cron: options.cron }),
    earlyFit: options.earlyFit ?? (options.firstFit === undefined ? EARLY_FIT : undefined),
  };
  for (const name of ['firstFit', 'everyWindows', 'minWindows'] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) {
      throw new SegtideError(
        'config',
        `retrain \`${name}\` must be a whole number of at least 1; got ${settings[name]}`,
      );
    }
  }
  if (settings.cron !== undefined) checkCron(settings.cron);
  if (!(settings.everyMs > 0)) {
    throw new SegtideError('config', `retrain \`everyMs\` must be a positive time; got ${settings.everyMs}`);
  }
  if (!(settings.minIntervalMs >= 0)) {
    throw new SegtideError('config', `retrain \`minIntervalMs\` must not be negative; got ${settings.minIntervalMs}`);
  }
  if (settings.everyMs < settings.minIntervalMs) {
    throw new SegtideError(
      'config',
      `retrain \`everyMs\` must be at least \`minIntervalMs\`, else the interval could never be kept; got ${settings.everyMs} and ${settings.minIntervalMs}`,
    );
  }
  return settings;
}
