import { closest, distance } from 'fastest-levenshtein';

/** The known word nearest to a mistyped one, undefined where none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = known.map((k) => k.toLowerCase());
  const nearest = closest(word.toLowerCase(), lower);
  const near = distance(word.toLowerCase(), nearest) <= Math.max(2, Math.floor(word.length / 3));
  return near ? known[lower.indexOf(nearest)] : undefined;
}
