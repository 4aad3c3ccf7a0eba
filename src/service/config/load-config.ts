import type { Assignment } from './assignment.js';
import { checkTree } from './check-tree.js';
import { applyOverrides, overridesFromEnv, overridesFromFlags } from './overrides.js';
import { type ConfigProblem, toConfigError } from './problem.js';
import { findStageProblems } from './resolve-stages.js';
import type { Config } from './schema.js';
import { readYaml } from './yaml-file.js';

/** Where a config comes from. A flag wins over the environment, that over the file, and the file over defaults. */
export interface ConfigSources {
  readonly file?: { readonly path: string; readonly text: string } | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly Assignment[];
  /** Reads the file that a `SEGTIDE_…_FILE` variable names. */
  readonly readFile?: (path: string) => string;
}

/**
 * Puts a config together and checks it.
 *
 * @throws SegtideError `config` that lists every problem, each with the file and line, variable or flag it comes from
 */
export function loadConfig(sources: ConfigSources): Config {
  const { file, env, flags, overrides, tree } = gather(sources);

  const where = (path: readonly PropertyKey[]): string => {
    const above = overrides.findLast((o) => isWithin(path, o.path));
    const below = overrides.findLast((o) => isWithin(o.path, path));
    return above?.where ?? (file.has(path) ? undefined : below?.where) ?? file.where(path);
  };
  const problems: ConfigProblem[] = [...file.problems, ...env.problems, ...flags.problems];
  // Of a file that can't be read nothing is known.
  if (file.problems.length > 0) throw toConfigError(problems);
  const { config, problems: keyProblems, leftOut } = checkTree(tree);
  problems.push(...keyProblems.map(({ path, text }) => ({ where: where(path), text })));
  if (problems.length === 0 && config !== undefined) return config;
  // The stages check what is right so far, where the config is used; here only to tell all at once.
  if (config !== undefined) problems.push(...findStageProblems(config, leftOut));
  throw toConfigError(problems);
}

/** The keys that sources give, without defaults, as they are written: of sources that `loadConfig` takes. */
export function givenKeys(sources: ConfigSources): Record<string, unknown> {
  return gather(sources).tree;
}

function gather(sources: ConfigSources) {
  const file = readYaml(sources.file?.text ?? '', sources.file?.path ?? 'config');
  const env = overridesFromEnv(sources.env ?? {}, sources.readFile ?? noFiles);
  const flags = overridesFromFlags(sources.flags ?? []);
  const overrides = [...env.overrides, ...flags.overrides];
  return { file, env, flags, overrides, tree: applyOverrides(file.values, overrides) };
}

function noFiles(path: string): string {
  throw new Error(`no file access here for '${path}'`);
}

function isWithin(path: readonly PropertyKey[], section: readonly PropertyKey[]): boolean {
  return section.every((key, i) => i < path.length && String(path[i]) === String(key));
}
