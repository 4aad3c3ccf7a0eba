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
