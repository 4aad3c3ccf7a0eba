import { SegtideError } from '../errors.js';
import type { TimeUnit } from './ingest-options.js';
import type { IngestSettings } from './ingest-settings.js';

/**
 * Notices that the configured time unit is wrong, before a whole input turns into dead letters or into January 1970.
 *
 * Parsers call it. It decides once: at the first time that is beyond doubt, else at the hundredth record or the end of
 * the input, where it throws if another unit fits most records. Pass one watch to all parsers of an input, so that a
 * single odd file among good ones is no reason to stop.
 */
export interface TimeUnitWatch {
  /** It has decided; further calls do nothing. */
  readonly decided: boolean;
  /**
   * A record's time was plausible.
   *
   * @param value the number as it came, or undefined for an ISO time
   * @throws SegtideError `config` naming the unit that fits
   */
  accepted(value: number | undefined, eventTime: number): void;
  /**
   * A record's time was not plausible.
   *
   * @param value the number as it came, or undefined for a text that is an ISO time
   * @throws SegtideError `config` naming the unit that fits
   */
  refused(value: number | undefined): void;
  /** Nothing follows. @throws SegtideError `config` naming the unit that fits */
  end(): void;
}

/** Creates the watch over an input's time unit. */
export function createTimeUnitWatch(settings: IngestSettings): TimeUnitWatch {
  return new Watch(settings);
}

/** Records after which the watch decides. */
const PATIENCE = 100;

const UNITS_PER_MS: ReadonlyMap<TimeUnit, number> = new Map([
  ['s', 1e-3],
  ['ms', 1],
  ['us', 1e3],
  ['ns', 1e6],
]);

const YEAR_1971 = Date.UTC(1971, 0);
const YEAR_2001 = Date.UTC(2001, 0);

class Watch implements TimeUnitWatch {
  decided = false;
  readonly #settings: IngestSettings;
  readonly #fits = new Map<TimeUnit, { count: number; readonly example: number | undefined }>();
  #records = 0;

  constructor(settings: IngestSettings) {
    this.#settings = settings;
  }

  accepted(value: number | undefined, eventTime: number): void {
    if (this.decided) return;
    if (value === undefined || eventTime >= this.#settings.oddBefore) this.decided = true;
    // Made-up times that count from 0 are common in trials, so only a modern date speaks for another unit here.
    else this.#doubt(value, YEAR_2001);
  }

  refused(value: number | undefined): void {
    if (!this.decided) this.#doubt(value, YEAR_1971);
  }

  end(): void {
    if (!this.decided && this.#records > 0) this.#decide();
  }

  #doubt(value: number | undefined, earliest: number): void {
    if (value === undefined) this.#fit('iso', undefined);
    else {
      const { minTime, maxTime } = this.#settings;
      // At most one unit fits: the plausible times after 1971 span less than a factor of 1000.
      for (const [unit, perMs] of UNITS_PER_MS) {
        const epochMs = value / perMs;
        if (epochMs >= Math.max(minTime, earliest) && epochMs < maxTime) this.#fit(unit, value);
      }
    }
    if (++this.#records === PATIENCE) this.#decide();
  }

  #fit(unit: TimeUnit, example: number | undefined): void {
    const known = this.#fits.get(unit);
    if (known) known.count++;
    else this.#fits.set(unit, { count: 1, example });
  }

  /** What to set where the values are right as they are: only the lower end of the plausible times was in their way. */
  #otherwise(example: number | undefined): string {
    const perMs = UNITS_PER_MS.get(this.#settings.unit);
    // A number is no ISO time, and an ISO time no number.
    if (example === undefined || perMs === undefined) return '';
    if (example / perMs >= this.#settings.maxTime) return '';
    return ', or, if they are right as they are, `input.time.min: 1969-12-31` (flag --set input.time.min=1969-12-31)';
  }

  #decide(): void {
    this.decided = true;
    const configured = this.#settings.unit;
    for (const [unit, { count, example }] of this.#fits) {
      if (unit === configured || count * 2 <= this.#records) continue;
      const values =
        example === undefined ? 'the times are ISO 8601 text' : `values such as ${example} fit \`${unit}\``;
      throw new SegtideError(
        'config',
        `\`input.time.unit\` is \`${configured}\`, but ${values}: set \`input.time.unit: ${unit}\` (flag --set input.time.unit=${unit})${this.#otherwise(example)}`,
      );
    }
  }
}
