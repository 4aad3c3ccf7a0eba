import { SegtideError } from '../errors.js';

/** Keys from the record inwards. */
export type FieldPath = readonly string[];

/**
 * Splits the dotted name of a field: `a.b` is `b` inside `a`, `a\.b` is one key with a dot.
 *
 * @throws SegtideError `config` if a key is empty or holds a control character
 */
export function toFieldPath(option: string, name: string): FieldPath {
  const path = typeof name === 'string' ? name.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.')) : [''];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the byte scanner relies on keys without them
  if (path.some((key) => key === '' || /[\x00-\x1f]/.test(key))) {
    throw new SegtideError(
      'config',
      `\`${option}\` must be the name of a field, such as \`customerId\` or \`data.customer\`; got ${JSON.stringify(name)}`,
    );
  }
  return path;
}

/** What an object holds at a path; undefined where a key is missing or only inherited. */
export function valueAt(record: unknown, path: FieldPath): unknown {
  let value = record;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
