import type { AssignmentBatch } from '../cluster/assignment-batch.js';

/** The segment that most other windows of the row's customer are in; undefined where there is none. */
export function segmentsBefore(
  { embeddings: { series }, nearest, model: { k } }: AssignmentBatch,
  those: readonly Uint32Array[],
): (row: number) => number | undefined {
  const { customers } = series.windows;
  const counts = new Map<number, Uint32Array>();
  for (const rows of those) {
    for (const row of rows) {
      const own = counts.get(customers[row]!) ?? new Uint32Array(k);
      own[nearest[row]!]! += 1;
      counts.set(customers[row]!, own);
    }
  }
  return (row) => {
    const others = counts.get(customers[row]!)!.slice();
    others[nearest[row]!]! -= 1;
    const most = Math.max(...others);
    return most === 0 ? undefined : others.indexOf(most);
  };
}
