import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import type { RecordParser } from '../../src/ingest/record-parser.js';
import type { UsageBatch } from '../../src/ingest/usage-batch.js';

/** One event or dead letter as a plain object, to compare with. */
export interface ReadEvent {
  readonly id: string;
  readonly time: number;
  readonly values: readonly number[];
  readonly row: number;
  readonly offset: number;
  readonly original: string;
  readonly hash: number;
  readonly eventId: readonly number[] | undefined;
}

export interface ReadAll {
  readonly events: readonly ReadEvent[];
  readonly deadLetters: readonly DeadLetter[];
  readonly rows: number;
}

/** Copies a batch out of its buffers. */
export function readBatch(batch: UsageBatch): ReadEvent[] {
  return Array.from({ length: batch.length }, (_, i) => ({
    id: Buffer.from(batch.idBytes.subarray(batch.idStarts[i], batch.idEnds[i])).toString(),
    time: batch.eventTimes[i]!,
    values: [...batch.values.subarray(i * batch.channels, (i + 1) * batch.channels)],
    row: batch.rows[i]!,
    offset: batch.offsets[i]!,
    original: Buffer.from(batch.original(i)).toString('latin1'),
    hash: batch.idHashes[i]!,
    eventId: batch.eventIds && [...batch.eventIds.subarray(i * 4, i * 4 + 4)],
  }));
}

/** Feeds a file to a parser as a source does, in reads of the given sizes (the last one repeats). */
export function parseInChunks(
  parser: RecordParser,
  file: Uint8Array,
  sizes: readonly number[] = [file.length],
): ReadAll {
  const events: ReadEvent[] = [];
  const deadLetters: DeadLetter[] = [];
  let [start, end, row, turn] = [0, 0, 1, 0];
  let inside = false;
  for (;;) {
    end = Math.min(file.length, end + Math.max(1, sizes[Math.min(turn++, sizes.length - 1)]!));
    // The bytes lie at another place of another buffer each time, with rubbish around them.
    const pad = turn % 7;
    const buffer = new Uint8Array(pad + end - start + 5).fill(0x22);
    buffer.set(file.subarray(start, end), pad);
    const at = { source: 'f', row, offset: start, inside };
    const chunk = parser.parse(buffer, pad, pad + end - start, at, end === file.length);
    events.push(...readBatch(chunk.batch));
    deadLetters.push(...chunk.batch.deadLetters);
    start += chunk.consumed;
    row += chunk.rows;
    inside = chunk.inside ?? false;
    if (end === file.length) {
      if (start !== end) throw new Error(`the parser left ${end - start} bytes`);
      return { events, deadLetters, rows: row - 1 };
    }
  }
}
