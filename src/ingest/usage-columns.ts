import type { DeadLetter, DeadLetterReason } from './dead-letter.js';
import type { IngestSettings } from './ingest-settings.js';
import type { UsageBatch } from './usage-batch.js';

/**
 * The columns of the batch that is being filled. Preallocated, reused from batch to batch, grown as needed.
 *
 * A hot loop may hold the arrays in locals, as long as it takes them anew after `grow`.
 */
export class UsageColumns {
  readonly channels: number;
  length = 0;
  capacity = 0;
  idStarts = new Uint32Array(0);
  idEnds = new Uint32Array(0);
  idHashes = new Int32Array(0);
  eventTimes = new Float64Array(0);
  values = new Float64Array(0); // (capacity, channels)
  eventIds: Uint32Array<ArrayBuffer> | undefined; // (capacity, 4)
  labels: Int32Array<ArrayBuffer> | undefined; // (capacity)
  rows = new Float64Array(0);
  offsets = new Float64Array(0);
  /** Where the bytes of each record are, for `original`. */
  recordStarts = new Uint32Array(0);
  recordEnds = new Uint32Array(0);
  deadLetters: DeadLetter[] = [];

  constructor({ channels, eventId, label }: Pick<IngestSettings, 'channels' | 'eventId' | 'label'>) {
    this.channels = channels.length;
    this.eventIds = eventId === undefined ? undefined : new Uint32Array(0);
    this.labels = label === undefined ? undefined : new Int32Array(0);
    this.grow();
  }

  /** Begins a new batch. */
  reset(): void {
    this.length = 0;
    this.deadLetters = [];
  }

  /** Doubles the room. */
  grow(): void {
    this.capacity = Math.max(1024, this.capacity * 2);
    const n = this.capacity;
    this.idStarts = wider(this.idStarts, new Uint32Array(n));
    this.idEnds = wider(this.idEnds, new Uint32Array(n));
    this.idHashes = wider(this.idHashes, new Int32Array(n));
    this.eventTimes = wider(this.eventTimes, new Float64Array(n));
    this.values = wider(this.values, new Float64Array(n * this.channels));
    if (this.eventIds) this.eventIds = wider(this.eventIds, new Uint32Array(n * 4));
    if (this.labels) this.labels = wider(this.labels, new Int32Array(n));
    this.rows = wider(this.rows, new Float64Array(n));
    this.offsets = wider(this.offsets, new Float64Array(n));
    this.recordStarts = wider(this.recordStarts, new Uint32Array(n));
    this.recordEnds = wider(this.recordEnds, new Uint32Array(n));
  }

  /** The batch, over these columns. `original` reads from `records`, at the record's start and end. */
  toBatch(idBytes: Uint8Array, records: Uint8Array, source: string): UsageBatch {
    const { length, channels, recordStarts, recordEnds } = this;
    return {
      length,
      channels,
      idBytes,
      idStarts: this.idStarts.subarray(0, length),
      idEnds: this.idEnds.subarray(0, length),
      idHashes: this.idHashes.subarray(0, length),
      eventTimes: this.eventTimes.subarray(0, length),
      values: this.values.subarray(0, length * channels),
      eventIds: this.eventIds?.subarray(0, length * 4),
      labels: this.labels?.subarray(0, length),
      clockTimes: undefined,
      sources: [source],
      sourceOf: undefined,
      rows: this.rows.subarray(0, length),
      offsets: this.offsets.subarray(0, length),
      original: (i) => records.subarray(recordStarts[i]!, recordEnds[i]!),
      deadLetters: this.deadLetters,
    };
  }
}

/** Why a record is refused. */
export interface Refusal {
  readonly reason: DeadLetterReason;
  readonly detail: string;
}

function wider<A extends Uint32Array | Int32Array | Float64Array>(narrow: A, wide: A): A {
  wide.set(narrow);
  return wide;
}
