import { SegtideError } from './errors.js';
import { nearestWord } from './nearest-word.js';

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

/**
 * The keys of options: `true`, or for a key with options of its own, or a list of them, the keys of those. What is left
 * out, or is too much, does not compile.
 */
export type KeyTree<T> = { readonly [Key in keyof T]-?: true | KeysBelow<NonNullable<T[Key]>> };

type KeysBelow<V> = V extends readonly (infer Element)[] ? KeysBelow<Element> : V extends object ? KeyTree<V> : true;

/** A key tree of whatever options. */
interface AnyKeyTree {
  readonly [key: string]: true | AnyKeyTree;
}

/**
 * Notes keys that no option has, and what is there in place of options.
 *
 * @returns whether all that should be objects are, so that whoever resolves them can look into them
 */
export function checkKeys(check: OptionCheck, options: unknown, known: AnyKeyTree): options is object {
  if (isObject(options)) return checkBelow(check, options, known, '');
  note(check, 'options', `must be an object with at least \`window\`; got ${describe(options)}`);
  return false;
}

function checkBelow(check: OptionCheck, options: object, known: AnyKeyTree, parent: string): boolean {
  let whole = true;
  for (const [key, value] of Object.entries(options)) {
    const path = `${parent}${key}`;
    const below = Object.hasOwn(known, key) ? known[key] : undefined;
    if (below === undefined) note(check, path, `there is no such option; ${advise(key, Object.keys(known))}`);
    if (below === undefined || below === true || value === undefined) continue;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const [i, one] of list.entries()) {
      const place = Array.isArray(value) ? `${path}.${i}` : path;
      if (isObject(one)) whole = checkBelow(check, one, below, `${place}.`) && whole;
      else whole = note(check, place, `must be an object; got ${describe(one)}`);
    }
  }
  return whole;
}

function advise(key: string, known: readonly string[]): string {
  const nearest = nearestWord(key, known);
  return nearest === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${nearest}\`?`;
}

function note(check: OptionCheck, section: string, text: string): false {
  check.resolve(section, () => {
    throw new SegtideError('config', text);
  });
  return false;
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'an array' : String(value);
}
