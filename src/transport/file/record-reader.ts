import type { UsageBatch } from '../../ingest/usage-batch.js';

/** Where a reader goes on. */
export interface ReadPosition {
  /** Number of the next record, from 1. */
  readonly row: number;
  /** Its byte offset in the unpacked file, or its row index in Parquet. */
  readonly offset: number;
  /** Whether that is the inside of a record that was refused as too large. */
  readonly inside: boolean;
}

/** Records of one file in order, a chunk at a time. */
export interface RecordReader {
  /** The usage events of the next chunk, undefined at the end of the file. Their buffers are valid until the next call. */
  next(): Promise<UsageBatch | undefined>;
  /** Where the chunk begins that `next` reads next. */
  position(): ReadPosition;
  close(): Promise<void>;
}
