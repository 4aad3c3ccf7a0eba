import { CROSS_RULES } from './cross-rules.js';
import { describeIssue, describeValue } from './problem.js';
import { type Config, configSchema } from './schema.js';

/** What is wrong with a key. */
export interface KeyProblem {
  readonly path: KeyPath;
  /** What, got what, what to do. */
  readonly text: string;
}

export interface CheckedTree {
  /** The config, without what is wrong with it; undefined where nothing can be made of it. */
  readonly config: Config | undefined;
  readonly problems: readonly KeyProblem[];
  /** Keys that the config lacks, because they were wrong. */
  readonly leftOut: readonly KeyPath[];
}

export type KeyPath = readonly PropertyKey[];

/**
 * Checks a config tree by the schema and by the rules across keys, and tells everything at once: what the schema refuses
 * is left out, and the rest checked again.
 */
export function checkTree(tree: Readonly<Record<string, unknown>>): CheckedTree {
  const rest = structuredClone(tree) as Record<string, unknown>;
  const problems: KeyProblem[] = [];
  const leftOut: KeyPath[] = [];
  const isLeftOut = (path: KeyPath): boolean => leftOut.some((left) => left.join('.') === path.join('.'));
  for (;;) {
    const { success, data, error } = configSchema.safeParse(rest);
    if (success) {
      problems.push(...brokenRules(data, problems, tree));
      return { config: data, problems, leftOut };
    }
    const found = error.issues.flatMap((issue) => describeIssue(issue, tree));
    for (const { path, text } of found) {
      if (!problems.some((problem) => touches(problem.path, path))) problems.push({ path, text });
    }
    for (const { path } of found) {
      let at = withoutIndex(path);
      while (isLeftOut(at)) at = at.slice(0, -1); // a key that must be there: leave out its section
      if (at.length === 0) return { config: undefined, problems, leftOut };
      leftOut.push(at);
      leaveOut(rest, at);
    }
  }
}

/** Whether one key is the other, or lies within it. */
export function touches(a: KeyPath, b: KeyPath): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((key, i) => String(key) === String(b[i]));
}

function brokenRules(config: Config, known: readonly KeyProblem[], tree: unknown): KeyProblem[] {
  const isKnown = (path: readonly string[]): boolean => known.some((problem) => touches(problem.path, path));
  return CROSS_RULES.filter(
    ({ path, reads, isBroken }) => !isKnown(path) && !reads.some(isKnown) && isBroken(config),
  ).map(({ path, expected }) => ({ path, text: describeValue(path, expected, tree) }));
}

/** An element can't be left out of a list without moving the others: the list goes. */
function withoutIndex(path: KeyPath): KeyPath {
  const index = path.findIndex((key) => typeof key === 'number');
  return index < 0 ? path : path.slice(0, index);
}

function leaveOut(tree: Record<string, unknown>, path: KeyPath): void {
  let at: unknown = tree;
  for (const key of path.slice(0, -1)) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  if (at !== null && typeof at === 'object') delete (at as Record<PropertyKey, unknown>)[path.at(-1)!];
}
