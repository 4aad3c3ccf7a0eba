import type { UsageBatch } from '../../ingest/usage-batch.js';
import { createBatchColumns } from './batch-columns.js';

/**
 * Copies a few records, with their original bytes and dead letters, out of buffers that will be overwritten.
 *
 * @param parts batches of one source that follow each other; of the first, records from `firstRecord` and dead letters
 * from `firstDeadLetter` on
 */
export function setAside(parts: readonly UsageBatch[], firstRecord: number, firstDeadLetter: number): UsageBatch {
  const capacity = parts.reduce((sum, part) => sum + part.length, -firstRecord);
  const columns = createBatchColumns(Math.max(1, capacity), parts[0]!.sources);
  const originals: Uint8Array[] = [];
  parts.forEach((part, p) => {
    for (let i = p === 0 ? firstRecord : 0; i < part.length; i++) {
      columns.append(part, i, 0, Number.NaN);
      originals.push(new Uint8Array(part.original(i)));
    }
    for (const letter of part.deadLetters.slice(p === 0 ? firstDeadLetter : 0)) {
      columns.deadLetters.push({ ...letter, bytes: new Uint8Array(letter.bytes) });
    }
  });
  return { ...columns.toBatch(), clockTimes: undefined, sourceOf: undefined, original: (i) => originals[i]! };
}
