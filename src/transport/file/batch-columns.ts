import type { DeadLetter } from '../../ingest/dead-letter.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';

/** A usage batch under construction, made of records of other batches; refilled again and again. */
export interface BatchColumns {
  readonly length: number;
  readonly capacity: number;
  readonly deadLetters: DeadLetter[];
  /** Appends record `index` of `batch`. Its original bytes stay where they are. */
  append(batch: UsageBatch, index: number, source: number, clockTime: number): void;
  clear(): void;
  /** The batch so far; valid until `clear`. */
  toBatch(): UsageBatch;
}

/** Makes columns for up to `capacity` records that come from `sources`. */
export function createBatchColumns(capacity: number, sources: readonly string[]): BatchColumns {
  return new CopiedColumns(capacity, sources);
}

class CopiedColumns implements BatchColumns {
  length = 0;
  readonly capacity: number;
  deadLetters: DeadLetter[] = [];
  readonly #sources: readonly string[];
  readonly #idStarts: Uint32Array<ArrayBuffer>;
  readonly #idEnds: Uint32Array<ArrayBuffer>;
  readonly #idHashes: Int32Array<ArrayBuffer>;
  readonly #eventTimes: Float64Array<ArrayBuffer>;
  readonly #clockTimes: Float64Array<ArrayBuffer>;
  readonly #sourceOf: Uint16Array<ArrayBuffer>;
  readonly #rows: Float64Array<ArrayBuffer>;
  readonly #offsets: Float64Array<ArrayBuffer>;
  /** Where the original bytes of each record are. */
  readonly #origins: UsageBatch[] = [];
  readonly #originIndices: Uint32Array;
  #channels = 1;
  #values: Float64Array<ArrayBuffer>;
  #eventIds: Uint32Array<ArrayBuffer> | undefined;
  #labels: Int32Array<ArrayBuffer> | undefined;
  #idBytes: Uint8Array<ArrayBuffer>;
  #idEnd = 0;

  constructor(capacity: number, sources: readonly string[]) {
    this.capacity = capacity;
    this.#sources = sources;
    this.#idStarts = new Uint32Array(capacity);
    this.#idEnds = new Uint32Array(capacity);
    this.#idHashes = new Int32Array(capacity);
    this.#eventTimes = new Float64Array(capacity);
    this.#clockTimes = new Float64Array(capacity);
    this.#sourceOf = new Uint16Array(capacity);
    this.#rows = new Float64Array(capacity);
    this.#offsets = new Float64Array(capacity);
    this.#originIndices = new Uint32Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#idBytes = new Uint8Array(32 * capacity);
  }

  append(batch: UsageBatch, index: number, source: number, clockTime: number): void {
    const i = this.length++;
    if (i === 0) this.#fit(batch);
    this.#copyId(batch.idBytes, batch.idStarts[index]!, batch.idEnds[index]!, i);
    this.#idHashes[i] = batch.idHashes[index]!;
    this.#eventTimes[i] = batch.eventTimes[index]!;
    this.#clockTimes[i] = clockTime;
    const channels = this.#channels;
    for (let c = 0; c < channels; c++) this.#values[i * channels + c] = batch.values[index * channels + c]!;
    if (batch.eventIds !== undefined) {
      for (let w = 0; w < 4; w++) this.#eventIds![i * 4 + w] = batch.eventIds[index * 4 + w]!;
    }
    if (batch.labels !== undefined) this.#labels![i] = batch.labels[index]!;
    this.#sourceOf[i] = source;
    this.#rows[i] = batch.rows[index]!;
    this.#offsets[i] = batch.offsets[index]!;
    this.#origins[i] = batch;
    this.#originIndices[i] = index;
  }

  clear(): void {
    this.length = 0;
    this.deadLetters = [];
    this.#origins.length = 0;
    this.#idEnd = 0;
  }

  toBatch(): UsageBatch {
    const origins = this.#origins;
    return {
      length: this.length,
      channels: this.#channels,
      idBytes: this.#idBytes,
      idStarts: this.#idStarts,
      idEnds: this.#idEnds,
      idHashes: this.#idHashes,
      eventTimes: this.#eventTimes,
      values: this.#values,
      eventIds: this.#eventIds,
      labels: this.#labels,
      clockTimes: this.#clockTimes,
      sources: this.#sources,
      sourceOf: this.#sourceOf,
      rows: this.#rows,
      offsets: this.#offsets,
      original: (i) => origins[i]!.original(this.#originIndices[i]!),
      deadLetters: this.deadLetters,
    };
  }

  /** Channels, event ids and labels are the same in all batches of a run; the first record tells them. */
  #fit(batch: UsageBatch): void {
    this.#channels = batch.channels;
    if (this.#values.length < this.capacity * batch.channels) {
      this.#values = new Float64Array(this.capacity * batch.channels);
    }
    if (batch.eventIds !== undefined) this.#eventIds ??= new Uint32Array(this.capacity * 4);
    if (batch.labels !== undefined) this.#labels ??= new Int32Array(this.capacity);
  }

  #copyId(bytes: Uint8Array, start: number, end: number, i: number): void {
    let at = this.#idEnd;
    if (at + end - start > this.#idBytes.length) {
      const wider = new Uint8Array(2 * (at + end - start));
      wider.set(this.#idBytes);
      this.#idBytes = wider;
    }
    this.#idStarts[i] = at;
    for (let b = start; b < end; b++) this.#idBytes[at++] = bytes[b]!;
    this.#idEnds[i] = at;
    this.#idEnd = at;
  }
}
