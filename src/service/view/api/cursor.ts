import { httpProblem } from './http-problem.js';

/** Place in a list, as text that a client hands back as it is. */
export function toCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * @param kinds of the values that it must hold
 * @throws an HTTP problem where it is none of ours
 */
export function readCursor(
  text: string | undefined,
  kinds: readonly ('string' | 'number')[],
): readonly (string | number)[] | undefined {
  if (text === undefined) return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(values) && kinds.every((kind, i) => typeof values[i] === kind)) return values;
  } catch {
    // told below
  }
  throw httpProblem(400, '`cursor` must be what `next` of the page before said');
}
