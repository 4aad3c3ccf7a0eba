import type { RecordParser } from '../../ingest/record-parser.js';
import type { RowParser } from '../../ingest/row-parser.js';

/**
 * Makes the parsers of one input.
 *
 * @param resumed the input goes on in its middle: what is decided by its first records was decided then
 */
export type MakeParsers = (resumed: boolean) => InputParsers;

/** The parsers of one input, which may be many files. */
export interface InputParsers {
  /** A parser of one file's bytes; one for each file, because a CSV parser keeps its header. */
  records(format: 'ndjson' | 'csv'): RecordParser;
  /** A parser of rows that are objects already (Parquet). */
  rows(): RowParser;
  /** How a parser thread makes its own `records('ndjson')`. @default no parser threads */
  readonly portable?: PortableParser;
  /** Called when the whole input was read. @throws SegtideError 'config' when only then a mapping proves wrong */
  end?(): void;
}

/** A parser's construction as plain data that can cross into another thread. */
export interface PortableParser {
  /** URL of the module. */
  readonly module: string;
  /** Name of its export, called with `settings`, returns a RecordParser. */
  readonly create: string;
  /** Structured-clonable. */
  readonly settings: unknown;
}
