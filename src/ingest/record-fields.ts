/** What a record holds in a mapped field. */
export const ABSENT = 0;
/** Text: `text[start, end)`. */
export const STRING = 1;
/** A number: `numbers`, and `text[start, end)` as it was written. */
export const NUMBER = 2;
export const NULL = 3;
/** An instant: `numbers` in epoch ms, whatever the unit (a Date object). */
export const INSTANT = 4;
/** A boolean, an object or an array. */
export const OTHER = 5;
/** Text that UTF-8 can't express: half a surrogate pair. */
export const HALF_PAIR = 6;

/** A time without its zone (a LocalTime): `numbers` in the epoch ms at which UTC clocks show the same. */
export const LOCAL = 7;

/** Finds such halves: written as UTF-8 they would all become the same replacement character. */
export const HALF_PAIRS = /\p{Surrogate}/u;

/**
 * The mapped fields of one record, as ranges of a text: what all formats have in common once their syntax is dealt
 * with. Reused from record to record.
 */
export class RecordFields {
  readonly kinds: Uint8Array; // (fields)
  readonly starts: Uint32Array; // (fields)
  readonly ends: Uint32Array; // (fields)
  readonly numbers: Float64Array; // (fields)

  constructor(fields: number) {
    this.kinds = new Uint8Array(fields);
    this.starts = new Uint32Array(fields);
    this.ends = new Uint32Array(fields);
    this.numbers = new Float64Array(fields);
  }

  set(field: number, kind: number, start: number, end: number, number = NaN): void {
    this.kinds[field] = kind;
    this.starts[field] = start;
    this.ends[field] = end;
    this.numbers[field] = number;
  }
}
