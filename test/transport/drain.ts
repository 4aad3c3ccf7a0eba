import type { UsageBatch } from '../../src/ingest/usage-batch.js';
import type { Source } from '../../src/ports.js';

/** What a test compares: all that a batch says about one record, as plain values. */
export interface SeenRecord {
  readonly id: string;
  readonly time: number;
  readonly value: number;
  readonly clock: number;
  readonly source: string;
  readonly row: number;
  readonly offset: number;
  readonly original: string;
}

export interface Seen {
  readonly records: SeenRecord[];
  readonly deadLetters: {
    readonly reason: string;
    readonly source: string;
    readonly row: number;
    readonly offset: number;
    readonly text: string;
  }[];
}

/** Pulls a source to its end, or `pulls` times, and keeps everything in plain values. */
export async function drain(
  source: Pick<Source, 'pull'>,
  pulls = Infinity,
  seen: Seen = { records: [], deadLetters: [] },
): Promise<Seen> {
  for (let n = 0; n < pulls; n++) {
    const batch = await source.pull();
    if (batch === undefined) break;
    keep(batch, seen);
  }
  return seen;
}

function keep(batch: UsageBatch, seen: Seen): void {
  for (let i = 0; i < batch.length; i++) {
    seen.records.push({
      id: Buffer.from(batch.idBytes.slice(batch.idStarts[i], batch.idEnds[i])).toString(),
      time: batch.eventTimes[i]!,
      value: batch.values[i * batch.channels]!,
      clock: (batch.clockTimes ?? batch.eventTimes)[i]!,
      source: batch.sources[batch.sourceOf?.[i] ?? 0]!,
      row: batch.rows[i]!,
      offset: batch.offsets[i]!,
      original: Buffer.from(batch.original(i)).toString(),
    });
  }
  for (const { reason, source, row, offset, bytes } of batch.deadLetters) {
    seen.deadLetters.push({ reason, source, row, offset, text: Buffer.from(bytes).toString() });
  }
}
