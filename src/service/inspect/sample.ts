import { MOST_CHANNELS } from '../../numeric/most-channels.js';

/** A bounded part of an input, as records of named fields. */
export interface Sample {
  /** The file or topic. */
  readonly name: string;
  readonly kind: 'file' | 'topic';
  /** How records are written: `ndjson`, `csv`, `parquet` or `json`. */
  readonly format: string;
  /** Fields of objects within objects have dots in their names. */
  readonly records: readonly FlatRecord[];
  /** Records, or lines, that could not be read. */
  readonly unreadable: number;
  /** Whether this is all that there is. */
  readonly whole: boolean;
  /** What was read, in words. */
  readonly extent: string;
  /** Of a CSV file: what stands between fields, and the names where the file has none. */
  readonly csv?: {
    readonly delimiter: string;
    readonly header: true | readonly string[];
    /** Names that several columns have; records hold the last one's values. */
    readonly repeated?: readonly string[];
  };
  /** Of a topic: keys of the records, in their order. */
  readonly keys?: readonly (string | null)[];
}

/** Values by field; objects are taken apart. */
export type FlatRecord = Readonly<Record<string, unknown>>;

/** Records and bytes that are looked at, at most: enough for the figures, and some seconds of work. */
export const MOST_RECORDS = 400_000;
export const MOST_BYTES = 64 * 1024 * 1024;

/** Fewer are a place, a range, a few readings. */
const LEAST_NUMBERS = 8;

/** Whether a value is a list of as many finite numbers as an embedding has; a list of whole ones is of ids, or counts. */
function isEmbedding(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length < LEAST_NUMBERS || value.length > MOST_CHANNELS) return false;
  return value.every((element) => Number.isFinite(element)) && !value.every((element) => Number.isInteger(element));
}

/** Takes objects within a record apart. Of lists those of numbers that may be an embedding are kept. */
export function flatten(record: object, prefix = '', into: Record<string, unknown> = {}): FlatRecord {
  for (const [key, value] of Object.entries(record)) {
    // As the config writes a key with a dot of its own.
    const name = key.replaceAll('.', '\\.');
    const isObject = value !== null && typeof value === 'object' && !(value instanceof Date);
    if (!isObject) into[prefix + name] = value;
    else if (isEmbedding(value)) into[prefix + name] = value;
    else if (!Array.isArray(value)) flatten(value, `${prefix}${name}.`, into);
  }
  return into;
}
