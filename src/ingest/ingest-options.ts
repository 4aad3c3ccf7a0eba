/** How records become usage events. What a user writes; `resolveIngest` checks it. */
export interface IngestOptions {
  readonly fields: FieldOptions;
  /** What is measured. @default one channel `events` that counts records, unless there is a `pivot` */
  readonly channels?: readonly ChannelOptions[];
  /** Channels from a type field instead of `channels`: one for each listed value. */
  readonly pivot?: PivotOptions;
  readonly time?: TimeOptions;
  /**
   * Negative values: kept, refused (a dead letter), or taken as zero. Readings of cumulative channels are not usage
   * yet and stay as they are. @default 'keep'
   */
  readonly negative?: NegativePolicy;
  /**
   * The longest record in bytes, 1 to 1 GiB. A longer one is refused, and no source buffers more than this of it.
   * @default 16777216
   */
  readonly maxRecordBytes?: number;
  readonly csv?: CsvOptions;
}

/**
 * Names of fields. A dot leads into a nested object (`data.customer.id`); `\.` is a dot that belongs to the name. In
 * CSV the name is a column's, dots included.
 */
export interface FieldOptions {
  /** A string or a number; a number is taken as its text. */
  readonly customer: string;
  readonly time: string;
  /** Identifies an event for de-duplication. A string or a number; required in every record when it is mapped. */
  readonly eventId?: string;
  /**
   * Names the IANA zone of a record. Its event time is then handed on as local wall-clock time, written as if it were
   * UTC, and windows are to be cut in UTC: 9 o'clock is 9 o'clock for every customer. ISO times without zone are read
   * in it.
   */
  readonly timeZone?: string;
  /**
   * A class that the customer is known to belong to: text, a number (taken as its text) or a boolean. It is compared with
   * segments, and no model learns from it. A record without it, or where it is null or empty, says nothing. @default none
   */
  readonly label?: string;
}

export type ChannelOptions = FieldChannelOptions | CountChannelOptions;

export interface FieldChannelOptions {
  readonly name: string;
  /** A number, or with `elements` an array of numbers. */
  readonly field: string;
  /**
   * The field is an array of so many numbers, 2 to 4,096: each is a channel, `embedding.0` and so on. An array of another
   * length is refused, and so is one with an element that is no number. @default it is one number
   */
  readonly elements?: number;
  /** The field is a meter reading; usage is its rise since the customer's last reading. @default false */
  readonly cumulative?: boolean;
  /** A record without the field observes nothing on this channel, instead of being refused. @default false */
  readonly optional?: boolean;
}

export interface CountChannelOptions {
  readonly name: string;
  /** Every record counts as 1. */
  readonly count: true;
}

export interface PivotOptions {
  /** The type field: a string or a number. */
  readonly field: string;
  /** Its values, at least one; they name the channels, in this order. */
  readonly values: readonly string[];
  /** Field of the value, a number; every record counts as 1 where absent. */
  readonly value?: string;
  /** The value is a meter reading, one meter per customer and type. @default false */
  readonly cumulative?: boolean;
  /**
   * A record of another type is refused as `invalid`, or skipped: it is then handed on as an event that observes no
   * channel, so that it counts, moves the watermark and shows that the customer is there. @default 'reject'
   */
  readonly unknown?: 'reject' | 'skip';
}

/** `iso`: ISO 8601 text; else a number since 1970-01-01 UTC in this unit. */
export type TimeUnit = 'iso' | 's' | 'ms' | 'us' | 'ns';

export interface TimeOptions {
  /** Fractions are read to the microsecond, and event times rounded down to the millisecond. @default 'iso' */
  readonly unit?: TimeUnit;
  /**
   * IANA zone of ISO times that carry none. A local time that occurs twice is read as the earlier, a skipped one with
   * the offset before the gap. @default 'UTC'
   */
  readonly zone?: string;
  /** The first plausible time, ISO 8601 or epoch ms; records before it are refused. @default '1970-01-01' */
  readonly min?: string | number;
  /** The end of plausible times, exclusive. @default '2100-01-01' */
  readonly max?: string | number;
}

export type NegativePolicy = 'keep' | 'reject' | 'zero';

export interface CsvOptions {
  /** One ASCII character. @default ',' */
  readonly delimiter?: string;
  /**
   * Whether row 1 names the columns, or their names where the file has no such row; with `false` columns are named by
   * number, from `1`. @default true
   */
  readonly header?: boolean | readonly string[];
}
