import { distance } from 'fastest-levenshtein';
import { SegtideError } from './errors.js';

/** What one section of the options got wrong. */
export interface OptionProblem {
  readonly section: string;
  /** What, got what, what to do. */
  readonly text: string;
}

/** Resolves options section by section, so that all that is wrong is told at once. */
export interface OptionCheck {
  readonly problems: readonly OptionProblem[];
  /** What `resolve` returns, or undefined where it refuses. */
  resolve<T>(section: string, resolve: () => T): T | undefined;
}

export function createOptionCheck(): OptionCheck {
  const problems: OptionProblem[] = [];
  return {
    problems,
    resolve(section, resolve) {
      try {
        return resolve();
      } catch (error) {
        if (!(error instanceof SegtideError)) throw error;
        problems.push({ section, text: error.message.replace(`${section}: `, '') });
        return undefined;
      }
    },
  };
}

/** All problems in one error, a line each. */
export function toOptionError(problems: readonly OptionProblem[]): SegtideError {
  const lines = problems.map(({ section, text }) => `${section}: ${text}`);
  const head = `the options have ${lines.length} problems:\n  `;
  return new SegtideError('config', lines.length === 1 ? lines[0]! : head + lines.join('\n  '));
}

/** Notes what are no options at all, and keys that no option has. Told before the sections, which look at known keys only. */
export function checkKeys(check: OptionCheck, options: unknown, known: readonly string[]): options is object {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    check.resolve('options', () => {
      throw new SegtideError('config', `must be an object with at least \`window\`; got ${describe(options)}`);
    });
    return false;
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    check.resolve(key, () => {
      const near = known.toSorted((a, b) => distance(key, a) - distance(key, b))[0]!;
      const isNear = distance(key.toLowerCase(), near.toLowerCase()) <= Math.max(2, Math.floor(key.length / 3));
      const advice = isNear ? `did you mean \`${near}\`?` : `known here: ${known.join(', ')}`;
      throw new SegtideError('config', `there is no such option; ${advice}`);
    });
  }
  return true;
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'an array' : String(value);
}
