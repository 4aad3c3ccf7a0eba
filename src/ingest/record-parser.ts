import type { UsageBatch } from './usage-batch.js';

/** Where a chunk of records begins. */
export interface RecordPosition {
  readonly source: string;
  /** Number of the first record, from 1 (a CSV header counts as row 1). */
  readonly row: number;
  /** Byte offset of the first record. */
  readonly offset: number;
}

export interface ParsedChunk {
  readonly batch: UsageBatch;
  /** Bytes dealt with; the caller hands the rest over again, with more behind it. */
  readonly consumed: number;
  /** Records dealt with, blank lines included: the next chunk begins at row + rows. */
  readonly rows: number;
}

/** Turns bytes into usage events. Synchronous, without clocks or I/O, so that it can run in any thread. */
export interface RecordParser {
  /**
   * Parses the whole records of `bytes[start, end)`. The batch's buffers belong to the parser and are overwritten by
   * the next call; `batch.original` reads from `bytes`.
   *
   * @param last nothing follows: an unterminated record at the end is whole
   */
  parse(bytes: Uint8Array, start: number, end: number, at: RecordPosition, last: boolean): ParsedChunk;
}
