import { distance } from 'fastest-levenshtein';

import { SegtideError } from '../errors.js';
import type { FieldSettings } from './ingest-settings.js';

/**
 * Which mapped field each column holds, -1 for none.
 *
 * @throws SegtideError `input` if a mapped column is missing or stands there twice
 */
export function toCsvColumns(names: readonly string[], fields: readonly FieldSettings[], source: string): Int32Array {
  const columns = new Int32Array(names.length).fill(-1);
  for (const [field, { name }] of fields.entries()) {
    const column = names.indexOf(name);
    if (column < 0) refuse(`the CSV has no column \`${name}\`${suggest(name, names)}`, source);
    if (names.indexOf(name, column + 1) >= 0) refuse(`the CSV has several columns \`${name}\`; rename one`, source);
    columns[column] = field;
  }
  return columns;
}

const OTHER_DELIMITER = /[;\t|]/;
const MOST_NAMES = 20;

function suggest(name: string, names: readonly string[]): string {
  const other = names.length === 1 ? OTHER_DELIMITER.exec(names[0]!)?.[0] : undefined;
  if (other !== undefined) {
    const shown = JSON.stringify(other);
    const value = other === '\t' ? "$'\\t'" : `'${other}'`;
    return `; its only column is ${JSON.stringify(names[0])}: if ${shown} stands between the fields, set \`input.csv.delimiter: ${shown}\` (flag --set input.csv.delimiter=${value})`;
  }
  const all = names.slice(0, MOST_NAMES).map((other) => `\`${other}\``);
  const listed = `; its columns are ${all.join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`;
  const scored = names.map((other) => ({ other, d: distance(name.toLowerCase(), other.toLowerCase()) }));
  const near = scored.toSorted((a, b) => a.d - b.d)[0];
  return near && near.d <= Math.max(1, name.length / 3) ? `; did you mean \`${near.other}\`?` : listed;
}

function refuse(text: string, source: string): never {
  throw new SegtideError('input', `${source}: ${text}`, { context: { source } });
}
