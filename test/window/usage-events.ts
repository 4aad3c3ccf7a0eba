import type { UsageBatch } from '../../src/ingest/usage-batch.js';
import { hashBytes } from '../../src/numeric/hash.js';

/** A usage event as tests write it. */
export interface TestEvent {
  readonly customer: string;
  readonly time: number;
  readonly values?: readonly number[];
  readonly id?: number;
  readonly clock?: number;
  /** 0 says nothing. @default 0, where other events have one */
  readonly label?: number;
}

/** Puts events into columns; rows count from `firstRow`. */
export function toUsageBatch(events: readonly TestEvent[], channels = 1, firstRow = 1): UsageBatch {
  const encoder = new TextEncoder();
  const ids = events.map((event) => encoder.encode(event.customer));
  // Ids lie apart and out of order, as a parser leaves them in its input.
  const idBytes = new Uint8Array(ids.reduce((n, id) => n + id.length + 3, 8)).fill(35);
  const starts = new Uint32Array(events.length);
  const ends = new Uint32Array(events.length);
  let at = idBytes.length;
  for (const [i, id] of ids.entries()) {
    at -= id.length + 3;
    idBytes.set(id, at);
    starts[i] = at;
    ends[i] = at + id.length;
  }
  const hasClocks = events.some((event) => event.clock !== undefined);
  return {
    length: events.length,
    channels,
    idBytes,
    idStarts: starts,
    idEnds: ends,
    idHashes: Int32Array.from(events, (_, i) => hashBytes(idBytes, starts[i]!, ends[i]!)),
    eventTimes: Float64Array.from(events, (event) => event.time),
    values: Float64Array.from(events.flatMap((event) => [...(event.values ?? [1])])),
    eventIds: events.some((event) => event.id !== undefined)
      ? Uint32Array.from(events.flatMap((event) => [event.id ?? 0, 7, 7, 7]))
      : undefined,
    ...(events.some((event) => event.label !== undefined) && {
      labels: Int32Array.from(events, (event) => event.label ?? 0),
    }),
    clockTimes: hasClocks ? Float64Array.from(events, (event) => event.clock ?? event.time) : undefined,
    sources: ['events.ndjson'],
    sourceOf: undefined,
    rows: Float64Array.from(events, (_, i) => firstRow + i),
    offsets: Float64Array.from(events, (_, i) => (firstRow + i) * 100),
    original: (i) => encoder.encode(`record ${firstRow + i}`),
    deadLetters: [],
  };
}
