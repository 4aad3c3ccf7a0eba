import type { UsageBatch } from '../ingest/usage-batch.js';

/** A copy of one record of a batch, which outlives the batch's buffers. */
export interface HeldRecord {
  readonly id: Uint8Array;
  readonly idHash: number;
  readonly eventTime: number;
  readonly clockTime: number;
  readonly values: readonly number[]; // (channels)
  readonly eventId: readonly number[] | undefined; // (4)
  readonly label?: number;
  readonly source: string;
  readonly row: number;
  readonly offset: number;
  readonly original: Uint8Array;
}

export function holdRecord(batch: UsageBatch, i: number): HeldRecord {
  const eventTime = batch.eventTimes[i]!;
  return {
    id: batch.idBytes.slice(batch.idStarts[i]!, batch.idEnds[i]!),
    idHash: batch.idHashes[i]!,
    eventTime,
    clockTime: batch.clockTimes?.[i] ?? eventTime,
    values: Array.from(batch.values.subarray(i * batch.channels, (i + 1) * batch.channels)),
    eventId: batch.eventIds && Array.from(batch.eventIds.subarray(i * 4, i * 4 + 4)),
    ...(batch.labels && { label: batch.labels[i]! }),
    source: sourceOf(batch, i),
    row: batch.rows[i]!,
    offset: batch.offsets[i]!,
    original: batch.original(i).slice(),
  };
}

/** Puts held records together as a batch again. */
export function toBatch(records: readonly HeldRecord[], channels: number): UsageBatch {
  const starts = new Uint32Array(records.length);
  const ends = new Uint32Array(records.length);
  let size = 0;
  for (const [i, { id }] of records.entries()) {
    starts[i] = size;
    size += id.length;
    ends[i] = size;
  }
  const idBytes = new Uint8Array(size);
  for (const [i, { id }] of records.entries()) idBytes.set(id, starts[i]!);
  const sources = [...new Set(records.map((record) => record.source))];
  return {
    length: records.length,
    channels,
    idBytes,
    idStarts: starts,
    idEnds: ends,
    idHashes: Int32Array.from(records, (record) => record.idHash),
    eventTimes: Float64Array.from(records, (record) => record.eventTime),
    values: Float64Array.from(records.flatMap((record) => record.values)),
    eventIds: records[0]?.eventId && Uint32Array.from(records.flatMap((record) => record.eventId!)),
    ...(records[0]?.label !== undefined && { labels: Int32Array.from(records, ({ label }) => label!) }),
    clockTimes: Float64Array.from(records, (record) => record.clockTime),
    sources,
    sourceOf: Uint16Array.from(records, (record) => sources.indexOf(record.source)),
    rows: Float64Array.from(records, (record) => record.row),
    offsets: Float64Array.from(records, (record) => record.offset),
    original: (i) => records[i]!.original,
    deadLetters: [],
  };
}

/** Where record i comes from. */
export function sourceOf(batch: UsageBatch, i: number): string {
  return batch.sources[batch.sourceOf?.[i] ?? 0] ?? '';
}
