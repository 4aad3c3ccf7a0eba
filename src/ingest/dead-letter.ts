/** Why a record could not become a usage event. */
export type DeadLetterReason =
  | 'unreadable' // not valid JSON, CSV, Avro, UTF-8 …
  | 'incomplete' // a mapped field is missing or null
  | 'invalid' // a mapped field has the wrong type or an unknown value
  | 'not-finite' // NaN, infinite or beyond single precision
  | 'implausible-time' // event time outside the plausible range
  | 'negative' // a negative value where the policy refuses it
  | 'too-large' // longer than `maxRecordBytes`
  | 'future'; // quarantined: too far ahead of the stream

/** A record that was refused, with all that is needed to find and replay it. */
export interface DeadLetter {
  readonly reason: DeadLetterReason;
  /** What was wrong, in words, with the field's name and what it held (shortened). */
  readonly detail: string;
  readonly source: string;
  /** Line or row number from 1. */
  readonly row: number;
  /** Byte offset in the (decompressed) file, row index in Parquet, or Kafka offset. */
  readonly offset: number;
  /** The original bytes, shortened only where `truncated`. */
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
}
