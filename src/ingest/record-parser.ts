import type { UsageBatch } from './usage-batch.js';

/** Where a chunk of records begins. */
export interface RecordPosition {
  readonly source: string;
  /** Number of the first record, from 1 (a CSV header counts as row 1). */
  readonly row: number;
  /** Byte offset of the first record. Offset 0 begins a file: a byte order mark is skipped there, a CSV header read. */
  readonly offset: number;
  /**
   * Whether the chunk begins inside a record that was refused as too large, whose rest is to be skipped. A parser
   * remembers this by itself from call to call; a source that resumes hands over what it kept from `ParsedChunk`.
   */
  readonly inside?: boolean;
}

export interface ParsedChunk {
  readonly batch: UsageBatch;
  /**
   * Bytes dealt with; the caller hands the rest over again, with more behind it. The rest is never longer than
   * `maxRecordBytes`: so a buffer of `maxRecordBytes` plus one read is always enough, and each call makes progress
   * or needs more bytes.
   */
  readonly consumed: number;
  /** Records dealt with, blank lines included: the next chunk begins at row + rows. */
  readonly rows: number;
  /** The chunk ended inside a record that was refused as too large: belongs to a source's position. @default false */
  readonly inside?: boolean;
}

/** Turns bytes into usage events. Synchronous, without clocks or I/O, so that it can run in any thread. */
export interface RecordParser {
  /**
   * Parses the whole records of `bytes[start, end)`. The batch's buffers belong to the parser and are overwritten by
   * the next call; `batch.original` reads from `bytes`. One parser reads one file after the other, not several at a
   * time.
   *
   * @param last nothing follows: an unterminated record at the end is whole
   */
  parse(bytes: Uint8Array, start: number, end: number, at: RecordPosition, last: boolean): ParsedChunk;
  /**
   * Reads the header from the file's first bytes, to go on past offset 0 in a format that has one. Absent where a
   * format needs no such thing.
   *
   * @throws SegtideError `input` if `head` does not hold the whole header
   */
  resume?(head: Uint8Array, source: string): void;
}
