import type { ErrorCode, ErrorContext } from '../../errors.js';
import type { DeadLetter } from '../../ingest/dead-letter.js';
import type { PortableParser } from '../file/input-parsers.js';
import type { ColumnsShape } from './shared-columns.js';

/** What a parser thread is started with. */
export interface ParseThreadData {
  readonly parser: PortableParser;
}

/** One chunk for a parser thread. */
export interface ParseJob {
  readonly id: number;
  readonly bytes: SharedArrayBuffer;
  /** The chunk is `bytes[0, end)`. */
  readonly end: number;
  readonly source: string;
  /** Byte offset of the chunk in the file. Rows are counted from 1 in each chunk; the main thread adds what came before. */
  readonly offset: number;
  readonly inside: boolean;
  readonly last: boolean;
  /** To be reused for the columns. */
  readonly columns: SharedArrayBuffer | undefined;
}

/** What came of a job. */
export type ParseOutcome = ParsedJob | FailedJob;

export interface ParsedJob extends ColumnsShape {
  readonly id: number;
  readonly columns: SharedArrayBuffer;
  /** Undefined where ids lie in the chunk itself. */
  readonly idBytes: Uint8Array<ArrayBuffer> | undefined;
  readonly sources: readonly string[];
  readonly deadLetters: readonly DeadLetter[];
  readonly consumed: number;
  readonly rows: number;
  readonly inside: boolean;
}

export interface FailedJob {
  readonly id: number;
  readonly failure: { readonly code: ErrorCode; readonly text: string; readonly context: ErrorContext };
}
