import type { DeadLetter } from '../../ingest/dead-letter.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import type { ReadPosition, RecordReader } from './record-reader.js';
import { setAside } from './set-aside.js';

/** Where a lane goes on, as plain JSON. */
export interface LanePosition extends ReadPosition {
  /** Latest event time that was handed over, without strays; null before the first. */
  readonly latest: number | null;
}

/** One file among those that are merged: its next record, the head, and what came before it. */
export interface Lane {
  /** What the head belongs to; undefined while there is none. */
  readonly batch: UsageBatch | undefined;
  /** Index of the head in `batch`. */
  readonly index: number;
  /** Event time of the head; Infinity while there is none. */
  readonly headTime: number;
  /** Latest event time that was handed over, without strays; -Infinity before the first. */
  readonly latest: number;
  /** The head's date contradicts the records that follow it. */
  readonly stray: boolean;
  /** The file has no further records. */
  readonly finished: boolean;
  /** More of the file must be loaded before the merge can go on; what `batch` holds ends then. */
  readonly dry: boolean;
  /** Loads the next chunk. Dead letters before the new head go to `deadLetters`. */
  load(deadLetters: DeadLetter[]): Promise<void>;
  /** Goes on to the next record. Dead letters before it go to `deadLetters`. */
  advance(deadLetters: DeadLetter[]): void;
  position(): LanePosition;
  close(): Promise<void>;
}

/**
 * Follows one file record by record.
 *
 * A stray is a head that lies more than `maxAheadMs` beyond what its file has reached and beyond most of the
 * `FOLLOWERS` rows behind it: one wrong date, where a gap in the data would carry its followers along. The rule looks
 * at nothing but the file itself, so that a run and its resumption agree whatever the chunks and the other files.
 */
export function createLane(reader: RecordReader, from: LanePosition, maxAheadMs: number): Lane {
  return new FileLane(reader, from, maxAheadMs);
}

const FOLLOWERS = 4;

class FileLane implements Lane {
  batch: UsageBatch | undefined;
  index = 0;
  headTime = Infinity;
  latest: number;
  stray = false;
  finished = false;
  dry = true;
  readonly #reader: RecordReader;
  readonly #maxAheadMs: number;
  /** The chunk behind `batch`, where that is the tail of the chunk before. */
  #following: UsageBatch | undefined;
  #nextDeadLetter = 0;
  #ended = false;
  /** Of the first record that is not in `batch`. */
  #end: ReadPosition;

  constructor(reader: RecordReader, from: LanePosition, maxAheadMs: number) {
    this.#reader = reader;
    this.#maxAheadMs = maxAheadMs;
    this.latest = from.latest ?? -Infinity;
    this.#end = from;
  }

  async load(deadLetters: DeadLetter[]): Promise<void> {
    // A head that waits for its followers is set aside, because reading on overwrites its buffers.
    if (this.batch !== undefined) this.#setAside();
    const loaded = await this.#reader.next();
    if (loaded === undefined) this.#ended = true;
    else if (this.batch === undefined) this.#take(loaded, this.#reader.position());
    else this.#following = loaded;
    this.#settle(deadLetters);
  }

  advance(deadLetters: DeadLetter[]): void {
    if (!this.stray && this.headTime > this.latest) this.latest = this.headTime;
    this.index++;
    this.#settle(deadLetters);
  }

  position(): LanePosition {
    const latest = this.latest === -Infinity ? null : this.latest;
    const { batch, index } = this;
    if (batch === undefined || index >= batch.length) return { ...this.#end, latest };
    return { row: batch.rows[index]!, offset: batch.offsets[index]!, inside: false, latest };
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #take(batch: UsageBatch, end: ReadPosition): void {
    this.batch = batch;
    this.index = 0;
    this.#nextDeadLetter = 0;
    this.#end = end;
  }

  /** Looks at the new head, hands over the dead letters before it, and decides whether more must be loaded. */
  #settle(deadLetters: DeadLetter[]): void {
    for (;;) {
      const { batch, index } = this;
      const hasHead = batch !== undefined && index < batch.length;
      if (batch !== undefined) {
        const row = hasHead ? batch.rows[index]! : Infinity;
        const letters = batch.deadLetters;
        while (this.#nextDeadLetter < letters.length && letters[this.#nextDeadLetter]!.row < row) {
          deadLetters.push(letters[this.#nextDeadLetter++]!);
        }
      }
      if (hasHead) break;
      if (this.#following !== undefined) {
        this.#take(this.#following, this.#reader.position());
        this.#following = undefined;
        continue;
      }
      this.headTime = Infinity;
      this.stray = false;
      this.finished = this.#ended;
      this.dry = !this.#ended;
      return;
    }
    this.headTime = this.batch!.eventTimes[this.index]!;
    this.stray = false;
    this.dry = false;
    if (this.headTime - this.latest > this.#maxAheadMs) this.#judge();
  }

  /** Whether most records among the next rows lie far behind the head; the lane is dry until these rows are loaded. */
  #judge(): void {
    const lastRow = this.batch!.rows[this.index]! + FOLLOWERS;
    let count = 0;
    let behind = 0;
    const look = (batch: UsageBatch, from: number): void => {
      for (let i = from; i < batch.length && batch.rows[i]! <= lastRow; i++) {
        count++;
        if (batch.eventTimes[i]! < this.headTime - this.#maxAheadMs) behind++;
      }
    };
    look(this.batch!, this.index + 1);
    if (this.#following !== undefined) look(this.#following, 0);
    const loadedRow = (this.#following === undefined ? this.#end : this.#reader.position()).row - 1;
    this.dry = loadedRow < lastRow && !this.#ended;
    this.stray = !this.dry && 2 * behind > count;
  }

  #setAside(): void {
    const parts = this.#following === undefined ? [this.batch!] : [this.batch!, this.#following];
    const end = this.#reader.position();
    this.#take(setAside(parts, this.index, this.#nextDeadLetter), end);
    this.#following = undefined;
  }
}
