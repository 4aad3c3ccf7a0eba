import type * as z from 'zod';
import { SegtideError } from '../../errors.js';
import { nearestWord } from '../../nearest-word.js';
import { shapeAt } from './config-shape.js';
import { maskSecrets } from './mask-secrets.js';

/** One thing that is wrong with a config. */
export interface ConfigProblem {
  /** Where it was written: `segtide.yaml:3:5`, a variable or a flag. */
  readonly where: string;
  /** What, got what, what to do. */
  readonly text: string;
}

/** What became of keys that an earlier version had. */
export const RENAMED_KEYS: Readonly<Record<string, string>> = {
  'input.kafka.topic': 'input.kafka.topic is now `topics`, a list: `topics: [usage-events]`',
  'input.kafka.fromBeginning':
    'input.kafka.fromBeginning is now `startAt: earliest` (true) or `startAt: latest` (false)',
  'input.kafka.ssl': 'did you mean `tls: true`?',
  'output.kafka.ssl': 'did you mean `tls: true`?',
};

/** All problems in one error, a line each. */
export function toConfigError(problems: readonly ConfigProblem[]): SegtideError {
  const lines = problems.map(({ where, text }) => `${where}: ${text}`);
  const head = `the config has ${lines.length} problems:\n  `;
  return new SegtideError('config', lines.length === 1 ? lines[0]! : head + lines.join('\n  '));
}

/** A key that doesn't exist, with the nearest one that does. */
export function describeUnknownKey(parent: readonly PropertyKey[], key: string): string {
  const full = [...parent, key].join('.');
  const renamed = RENAMED_KEYS[full];
  if (renamed !== undefined) return `unknown key '${full}'; ${renamed}`;
  const known = Object.keys(shapeAt(parent)?.properties ?? {});
  if (known.length === 0) return `unknown key '${full}'; '${parent.join('.')}' has no keys below it`;
  const nearest = nearestWord(key, known);
  const advice = nearest === undefined ? `known here: ${known.join(', ')}` : `did you mean '${nearest}'?`;
  return `unknown key '${full}'; ${advice}`;
}

/** What a zod issue says, in one line; `input` is the config tree it is about. Unknown keys give one text each. */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): { path: PropertyKey[]; text: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], text: describeUnknownKey(issue.path, key) }));
  }
  const value = valueAt(input, issue.path);
  const key = issue.path.join('.') || 'the config';
  if (value === undefined && issue.code !== 'custom') {
    return [{ path: issue.path, text: `'${key}' is missing; it must be ${expected(issue)}` }];
  }
  const hint = issue.code === 'invalid_value' && typeof value === 'string' ? suggest(value, issue.values) : '';
  return [{ path: issue.path, text: `${describeValue(issue.path, expected(issue), input)}${hint}` }];
}

/** That the key at `path` must be what is `wanted`, and what it is where it is given. */
export function describeValue(path: readonly PropertyKey[], wanted: string, input: unknown): string {
  const must = `'${path.join('.') || 'the config'}' must be ${wanted}`;
  const value = valueAt(input, path);
  if (value === undefined) return must;
  const got = shapeAt(path)?.secret === true ? 'a masked value' : show(maskSecrets(value, path.map(String)));
  return `${must}; got ${got}`;
}

function suggest(value: string, known: readonly unknown[]): string {
  const nearest = nearestWord(value, known.map(String));
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}

/** Completes "must be …". */
function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? `of type ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      if (issue.minimum === Number.MIN_VALUE) return 'above 0';
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${counted(issue)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${counted(issue)}`;
    default:
      return issue.message;
  }
}

function counted(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  if (issue.origin === 'string') return ' characters';
  if (issue.origin === 'array') return ' entries';
  const unit = shapeAt(issue.path)?.unit;
  return unit === undefined ? '' : ` (${unit})`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let at = input;
  for (const key of path)
    at = at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  return at;
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with keys',
};
