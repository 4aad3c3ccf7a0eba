import { hashBytes } from '../numeric/hash.js';
import { ABSENT, NULL, NUMBER, OTHER, type RecordFields, STRING } from './record-fields.js';

/** Code of a record that says nothing of its customer's class. */
export const NO_LABEL = 0;

/**
 * The code of the class that a field names: a hash of its text, of a number as it was written, or of `true` or `false`.
 * What is absent, null or empty names none. Among 256 classes two share a code once in some 130,000 streams.
 *
 * @returns undefined where the field holds anything else
 */
export function labelCode(fields: RecordFields, field: number, text: Uint8Array): number | undefined {
  const kind = fields.kinds[field]!;
  if (kind === ABSENT || kind === NULL) return NO_LABEL;
  const start = fields.starts[field]!;
  const end = fields.ends[field]!;
  if (kind === STRING && start === end) return NO_LABEL;
  if (kind !== STRING && kind !== NUMBER && !(kind === OTHER && isBoolean(text, start, end))) return undefined;
  const hash = hashBytes(text, start, end);
  return hash === NO_LABEL ? 1 : hash;
}

function isBoolean(text: Uint8Array, start: number, end: number): boolean {
  return matches(TRUE, text, start, end) || matches(FALSE, text, start, end);
}

function matches(word: Uint8Array, text: Uint8Array, start: number, end: number): boolean {
  return end - start === word.length && word.every((byte, i) => byte === text[start + i]);
}

const TRUE = new TextEncoder().encode('true');
const FALSE = new TextEncoder().encode('false');
