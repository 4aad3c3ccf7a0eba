import type { Assignment } from './assignment.js';
import { applyOverrides, overridesFromEnv, overridesFromFlags } from './overrides.js';
import { type ConfigProblem, describeIssue, toConfigError } from './problem.js';
import { type Config, configSchema } from './schema.js';
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
  const file = readYaml(sources.file?.text ?? '', sources.file?.path ?? 'config');
  const env = overridesFromEnv(sources.env ?? {}, sources.readFile ?? noFiles);
  const flags = overridesFromFlags(sources.flags ?? []);
  const overrides = [...env.overrides, ...flags.overrides];
  const tree = applyOverrides(file.values, overrides);

  const where = (path: readonly PropertyKey[]): string => {
    const above = overrides.findLast((o) => isWithin(path, o.path));
    const below = overrides.findLast((o) => isWithin(o.path, path));
    return above?.where ?? (file.has(path) ? undefined : below?.where) ?? file.where(path);
  };
  const problems: ConfigProblem[] = [...file.problems, ...env.problems, ...flags.problems];
  const checked = configSchema.safeParse(tree);
  for (const issue of file.problems.length === 0 ? (checked.error?.issues ?? []) : []) {
    problems.push(...describeIssue(issue, tree).map(({ path, text }) => ({ where: where(path), text })));
  }
  if (problems.length > 0 || !checked.success) throw toConfigError(problems);
  return checked.data;
}

function noFiles(path: string): string {
  throw new Error(`no file access here for '${path}'`);
}

function isWithin(path: readonly PropertyKey[], section: readonly PropertyKey[]): boolean {
  return section.every((key, i) => i < path.length && String(path[i]) === String(key));
}
