import { SegtideError } from '../errors.js';
import type { MeasuredDrift } from '../plugin/drift-statistic-plugin.js';
import { ALL, type DriftMeasure } from './drift-measure.js';

export interface MeasuredChecks {
  /** Of the plug-in. */
  readonly name: string;
  /** What it may speak of. */
  readonly subjects: ReadonlySet<string>;
  /** End of the windows compared, epoch ms. */
  readonly until: number;
}

/**
 * What a statistic of the user's own gave, with its defaults.
 *
 * @throws SegtideError `state` that says what it must give
 */
export function checkMeasured(
  given: unknown,
  { name, subjects, until }: MeasuredChecks,
): readonly Omit<DriftMeasure, 'layer' | 'statistic'>[] {
  const refuse = (what: string, got: unknown): SegtideError =>
    new SegtideError('state', `the plug-in ${name} must give ${what} from measure(), and gave ${inWords(got)}`);
  if (!Array.isArray(given)) throw refuse('a list, a value for each subject,', given);
  const told = new Set<string>();
  // A list may have holes.
  return Array.from(given, (entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) throw refuse('objects with a `value`', entry);
    const { subject = ALL, value, pValue = null, level, since } = entry as Partial<MeasuredDrift>;
    if (!subjects.has(subject)) {
      throw refuse('all, a channel, a quarter of one, a coordinate or the id of a segment as `subject`', subject);
    }
    if (told.has(subject)) throw refuse('each subject once', `${subject} twice`);
    told.add(subject);
    if (!Number.isFinite(value)) throw refuse(`a finite number as \`value\` of ${subject}`, value);
    if (pValue !== null && !isWithin(pValue, 0)) throw refuse(`a \`pValue\` of ${subject} from 0 to 1`, pValue);
    if (level !== undefined && !isWithin(level, Number.MIN_VALUE)) throw refuse('a `level` above 0, at most 1', level);
    if (since !== undefined && !(Number.isSafeInteger(since) && since < until)) {
      throw refuse('whole epoch ms as `since`, before the end of the windows compared', since);
    }
    return {
      subject,
      value: value!,
      pValue,
      ...(level !== undefined && { level }),
      ...(since !== undefined && { since }),
    };
  });
}

/** A number that is at most 1; texts compare as numbers, too. */
function isWithin(value: unknown, least: number): boolean {
  return typeof value === 'number' && value >= least && value <= 1;
}

function inWords(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}
