import { SegtideError } from '../../errors.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import type { ByteFeed } from '../file/byte-feed.js';
import type { ReadPosition, RecordReader } from '../file/record-reader.js';
import type { ParsedJob } from './parse-job.js';
import type { ParsePool } from './parse-pool.js';
import { toColumns } from './shared-columns.js';

/**
 * Reads NDJSON and has its chunks parsed in other threads, a bounded number ahead; batches come back in order.
 *
 * Chunks are cut at newlines, so that each can be parsed by itself. A record that fills a whole chunk is the
 * exception: nothing is read ahead of it until its thread has said where it ends.
 */
export function createThreadedReader(
  feed: ByteFeed,
  pool: ParsePool,
  source: string,
  chunkBytes: number,
  from: ReadPosition,
): RecordReader {
  return new ThreadedReader(feed, pool, source, chunkBytes, from);
}

/** Memory of one chunk: its bytes, and the columns that were parsed from them. Reused. */
interface Slot {
  bytes: Uint8Array<SharedArrayBuffer>;
  columns: SharedArrayBuffer | undefined;
}

/** A chunk on its way. */
interface Chunk {
  readonly slot: Slot;
  readonly end: number;
  readonly offset: number;
  readonly outcome: Promise<ParsedJob>;
}

class ThreadedReader implements RecordReader {
  readonly #feed: ByteFeed;
  readonly #pool: ParsePool;
  readonly #source: string;
  readonly #free: Slot[] = [];
  readonly #chunks: Chunk[] = [];
  /** Slot of the batch that the caller has now. */
  #lent: Slot | undefined;
  /** Where the caller is. */
  #at: ReadPosition;
  /** Where the next chunk begins; its first bytes were read with the chunk before. */
  #offset: number;
  #inside: boolean;
  #pinned: number | undefined;
  #carry: Uint8Array = new Uint8Array(0);
  #ended = false;
  #failure: unknown;
  #reading: Promise<void> | undefined;

  constructor(feed: ByteFeed, pool: ParsePool, source: string, chunkBytes: number, from: ReadPosition) {
    this.#feed = feed;
    this.#pool = pool;
    this.#source = source;
    this.#at = from;
    this.#offset = from.offset;
    this.#inside = from.inside;
    // One chunk is with the caller, one with each thread, and one more waits: no thread is idle while the caller works.
    for (let i = 0; i < pool.threads + 2; i++) {
      this.#free.push({ bytes: new Uint8Array(new SharedArrayBuffer(chunkBytes)), columns: undefined });
    }
  }

  async next(): Promise<UsageBatch | undefined> {
    if (this.#lent !== undefined) this.#free.push(this.#lent);
    this.#lent = undefined;
    for (;;) {
      this.#readAhead();
      const chunk = this.#chunks[0];
      if (chunk === undefined) {
        if (this.#reading !== undefined) await this.#reading;
        else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#ended) return undefined;
        continue;
      }
      const parsed = await chunk.outcome;
      this.#chunks.shift();
      chunk.slot.columns = parsed.columns;
      const batch = toBatch(chunk, parsed, this.#at.row - 1);
      const { row, offset } = this.#at;
      this.#at = { row: row + parsed.rows, offset: offset + parsed.consumed, inside: parsed.inside };
      if (batch.length > 0 || batch.deadLetters.length > 0) {
        this.#lent = chunk.slot;
        this.#readAhead();
        return batch;
      }
      this.#free.push(chunk.slot);
    }
  }

  position(): ReadPosition {
    return this.#at;
  }

  async close(): Promise<void> {
    this.#ended = true;
    for (const { outcome } of this.#chunks) outcome.catch(() => {}); // nobody waits for these any more
    await this.#reading;
    await this.#feed.close();
  }

  /** Reads into free slots in the background, until there are none. */
  #readAhead(): void {
    if (this.#reading !== undefined || this.#ended || this.#failure !== undefined || this.#free.length === 0) return;
    this.#reading = this.#fillSlots()
      .catch((error: unknown) => {
        this.#failure = error; // thrown once the chunks before it are handed over
      })
      .finally(() => {
        this.#reading = undefined;
      });
  }

  async #fillSlots(): Promise<void> {
    while (!this.#ended && this.#failure === undefined && this.#free.length > 0) {
      const slot = this.#free.shift()!;
      const end = await this.#fill(slot);
      const cut = this.#ended ? end : slot.bytes.lastIndexOf(NEWLINE, end - 1) + 1;
      if (cut > 0) this.#dispatch(slot, end, cut);
      else if (end > 0) await this.#dispatchLong(slot, end);
      else this.#free.push(slot);
    }
  }

  /** Fills a slot behind the bytes that were carried over; returns where its bytes end. */
  async #fill(slot: Slot): Promise<number> {
    while (slot.bytes.length <= this.#carry.length) slot.bytes = toWider(slot.bytes);
    slot.bytes.set(this.#carry);
    let end = this.#carry.length;
    while (end < slot.bytes.length) {
      const length = await this.#feed.read(slot.bytes, end, slot.bytes.length).catch((error: unknown) => {
        this.#failure = error;
        return 0;
      });
      if (length <= 0) {
        this.#ended ||= this.#failure === undefined;
        break;
      }
      end += length;
    }
    return end;
  }

  #dispatch(slot: Slot, end: number, cut: number): void {
    this.#carry = slot.bytes.slice(cut, end);
    const { outcome } = this.#parse(slot, cut, this.#ended);
    outcome.catch(() => {}); // thrown from `next`, which may come later
    this.#chunks.push({ slot, end: cut, offset: this.#offset, outcome });
    this.#offset += cut;
    this.#inside = false;
    this.#pinned = undefined;
  }

  /** A chunk without a newline: only its thread can say whether the record is too large or needs more bytes. */
  async #dispatchLong(slot: Slot, filled: number): Promise<void> {
    let end = filled;
    for (;;) {
      const last = this.#ended;
      const { thread, outcome } = this.#parse(slot, end, last);
      const parsed = await outcome;
      if (parsed.consumed > 0 || last || this.#failure !== undefined) {
        this.#carry = slot.bytes.slice(parsed.consumed, end);
        this.#chunks.push({ slot, end, offset: this.#offset, outcome });
        this.#offset += parsed.consumed;
        this.#inside = parsed.inside;
        // The thread's parser knows that it is inside a record; it gets to see its end.
        this.#pinned = parsed.inside ? thread : undefined;
        return;
      }
      this.#carry = slot.bytes.slice(0, end);
      slot.columns = parsed.columns;
      end = await this.#fill(slot);
    }
  }

  #parse(slot: Slot, end: number, last: boolean): ReturnType<ParsePool['parse']> {
    const { bytes, columns } = slot;
    const job = { bytes: bytes.buffer, end, source: this.#source, offset: this.#offset, inside: this.#inside };
    return this.#pool.parse({ ...job, last, columns }, this.#pinned);
  }
}

const NEWLINE = 10;

function toWider(bytes: Uint8Array<SharedArrayBuffer>): Uint8Array<SharedArrayBuffer> {
  const wider = new Uint8Array(new SharedArrayBuffer(2 * bytes.length));
  wider.set(bytes);
  return wider;
}

function toBatch(chunk: Chunk, parsed: ParsedJob, rowsBefore: number): UsageBatch {
  const columns = toColumns(parsed.columns, parsed);
  for (let i = 0; i < parsed.length; i++) columns.rows[i]! += rowsBefore;
  const { bytes } = chunk.slot;
  return {
    length: parsed.length,
    channels: parsed.channels,
    idBytes: parsed.idBytes ?? bytes,
    ...columns,
    clockTimes: undefined,
    sources: parsed.sources,
    sourceOf: undefined,
    original(i) {
      if (i >= parsed.length)
        throw new SegtideError('input', `There is no record ${i} in a batch of ${parsed.length}.`);
      const start = columns.offsets[i]! - chunk.offset;
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 || newline > chunk.end ? chunk.end : newline;
      return bytes.subarray(start, bytes[end - 1] === RETURN ? end - 1 : end);
    },
    deadLetters: parsed.deadLetters.map((letter) => ({ ...letter, row: letter.row + rowsBefore })),
  };
}

const RETURN = 13;
