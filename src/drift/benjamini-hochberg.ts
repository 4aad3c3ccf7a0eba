/**
 * The largest of some p-values that still counts, where of all that count at most a share `rate` may be chance on
 * average (Benjamini & Hochberg, 1995): the largest i-th smallest that is at most `rate` i / n. 0 where none counts.
 */
export function benjaminiHochberg(pValues: readonly number[], rate: number): number {
  const ordered = [...pValues].sort((a, b) => a - b);
  for (let i = ordered.length; i > 0; i--) {
    if (ordered[i - 1]! <= (rate * i) / ordered.length) return ordered[i - 1]!;
  }
  return 0;
}
