import { parse } from 'yaml';
import { nearestWord } from '../../nearest-word.js';
import type { Assignment } from './assignment.js';
import { configShape, type Shape, shapeAt } from './config-shape.js';
import { type ConfigProblem, describeUnknownKey, RENAMED_KEYS } from './problem.js';

/** One value given outside the config file. */
export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  /** How it was given: `--set window.steps`, `SEGTIDE_WINDOW__STEPS`. */
  readonly where: string;
}

/** What overrides were found, and what is wrong with the rest. */
export interface Overrides {
  readonly overrides: readonly Override[];
  readonly problems: readonly ConfigProblem[];
}

/** Overrides from flags; later ones win. */
export function overridesFromFlags(assignments: readonly Assignment[]): Overrides {
  const overrides: Override[] = [];
  const problems: ConfigProblem[] = [];
  for (const { key, value, where } of assignments) {
    const path = key.split('.');
    const unknown = firstUnknown(path);
    if (unknown !== undefined) problems.push({ where, text: unknown });
    else if (value === undefined) problems.push({ where, text: `a value is missing; write --set ${key}=<value>` });
    else overrides.push({ path, value: typeof value === 'string' ? fromText(value, shapeAt(path)!) : value, where });
  }
  return { overrides, problems };
}

/**
 * Overrides from the environment: `SEGTIDE_WINDOW__STEPS=24` sets `window.steps`. Two underscores go one level down,
 * single ones only part words: `SEGTIDE_MODEL__FIRST_FIT`. A name that ends in `_FILE` holds the path of a file with
 * the value. Variables without two underscores belong to others (Kubernetes sets `SEGTIDE_SERVICE_HOST`) and are left
 * alone, but for `SEGTIDE_NAME`.
 *
 * @param readFile reads the file that a `…_FILE` variable names
 */
export function overridesFromEnv(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Overrides {
  const overrides: Override[] = [];
  const problems: ConfigProblem[] = [];
  for (const where of Object.keys(env).sort()) {
    const given = env[where];
    if (given === undefined || !where.startsWith(PREFIX)) continue;
    const name = where.slice(PREFIX.length);
    if (!name.includes('__') && name !== 'NAME') continue;
    const direct = keyOf(name);
    const viaFile =
      direct.unknown !== undefined && name.endsWith('_FILE') ? keyOf(name.slice(0, -'_FILE'.length)) : undefined;
    const { path, unknown } = viaFile ?? direct;
    if (unknown !== undefined) {
      problems.push({ where, text: unknown });
      continue;
    }
    try {
      const text = viaFile ? readFile(given).replace(/\r?\n$/, '') : given;
      overrides.push({ path, value: fromText(text, shapeAt(path)!), where });
    } catch (error) {
      problems.push({ where, text: `can't read the file '${given}': ${(error as Error).message}` });
    }
  }
  return { overrides, problems };
}

/**
 * A copy of `tree` with the overrides in it; sections that are missing are made. Where the tree has a bare value in
 * place of a section it is kept, so that the schema can complain of it.
 */
export function applyOverrides(
  tree: Readonly<Record<string, unknown>>,
  overrides: readonly Override[],
): Record<string, unknown> {
  const copy = structuredClone(tree) as Record<string, unknown>;
  for (const { path, value } of overrides) {
    let at: unknown = copy;
    for (let i = 0; i < path.length && at !== null && typeof at === 'object'; i++) {
      const section = at as Record<string, unknown>;
      const key = path[i]!;
      if (i === path.length - 1) section[key] = value;
      else if (typeof section[key] === 'boolean' && isSwitch(path.slice(0, i + 1))) section[key] = {};
      else section[key] ??= isIndex(path[i + 1]!) ? [] : {};
      at = section[key];
    }
  }
  return copy;
}

const PREFIX = 'SEGTIDE_';

function firstUnknown(path: readonly string[]): string | undefined {
  for (let i = 0; i < path.length; i++) {
    if (shapeAt(path.slice(0, i + 1)) === undefined) return describeUnknownKey(path.slice(0, i), path[i]!);
  }
  return undefined;
}

/** Whether a section may stand as `true` for its defaults, which then gives way to a section with a key. */
function isSwitch(path: readonly string[]): boolean {
  return isOf(shapeAt(path)!, 'boolean');
}

/** The config key that an environment name stands for. */
function keyOf(name: string): { path: string[]; unknown?: string } {
  const path: string[] = [];
  let at: Shape | undefined = configShape();
  for (const part of name.split('__')) {
    const keys = Object.keys(at?.properties ?? {});
    const key = at?.items && isIndex(part) ? part : keys.find((k) => plain(k) === plain(part));
    if (key === undefined) {
      const nearest = nearestWord(plain(part), keys.map(plain));
      const meant = keys.find((k) => plain(k) === nearest);
      const renamed = Object.keys(RENAMED_KEYS).find((old) => plain(old) === plain([...path, part].join('.')));
      if (renamed !== undefined) return { path, unknown: `the variable names no config key; ${RENAMED_KEYS[renamed]}` };
      const advice =
        meant === undefined
          ? `known there: ${keys.join(', ') || 'nothing'}`
          : `did you mean '${[...path, meant].join('.')}'?`;
      return { path, unknown: `the variable names no config key; ${advice}` };
    }
    path.push(key);
    at = shapeAt(path);
  }
  return { path };
}

/** Environment names have no case and part words by underscores; keys are in camel case, names of topics have dashes. */
function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** Text keeps its letters where the key wants text, is split at commas for a list, and is read as YAML otherwise. */
function fromText(text: string, shape: Shape): unknown {
  if (shape.type === 'string') return text;
  if (isOf(shape, 'array') && shape.items?.type === 'string' && !text.startsWith('['))
    return text === '' ? [] : text.startsWith('/') && isOf(shape, 'string') ? text : text.split(',');
  try {
    return parse(text) as unknown;
  } catch {
    return text;
  }
}

function isOf({ type }: Shape, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key);
}
