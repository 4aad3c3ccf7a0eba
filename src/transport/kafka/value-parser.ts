import type { DeadLetter } from '../../ingest/dead-letter.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import { type FetchedRecords, NO_VALUE } from './fetched-records.js';

/** Turns the values of Kafka records into usage events. What it answers is valid until the next call. */
export interface ValueParser {
  /**
   * Finds what the records need to be parsed, such as their schemas; undefined where there is nothing to wait for,
   * absent where there never is. Records are parsed only after it has resolved for them.
   *
   * @throws SegtideError `transport` when it is not to be had: no reason to refuse the records
   */
  prepare?(records: FetchedRecords): Promise<void> | undefined;
  /**
   * Parses the first of the records, at least one if there are any.
   *
   * @param source `topic/partition`
   * @param unknownIds to parse the same records again with the same result: what `unknownIds` was then
   */
  parse(records: FetchedRecords, source: string, unknownIds?: ReadonlySet<number>): ParsedValues;
}

export interface ParsedValues {
  /** Events and dead letters of the first `taken` records, with Kafka's offsets; a row is the offset plus 1. */
  readonly batch: UsageBatch;
  /** Records dealt with. */
  readonly taken: number;
  /**
   * Ids of schemas that nobody knew, so that records were refused: all else that comes of records hangs on their bytes
   * alone. Absent where there are none.
   */
  readonly unknownIds?: ReadonlySet<number>;
  /** Index in the records of each event. */
  readonly recordOf: Uint32Array; // (batch.length)
}

/**
 * Gives events and dead letters the places and bytes of their Kafka records.
 *
 * @param batch its rows are the numbers of the records among those given, from 1
 */
export function placeInTopic(batch: UsageBatch, records: FetchedRecords, taken: number, source: string): ParsedValues {
  const recordOf = new Uint32Array(batch.length);
  const rows = new Float64Array(batch.length);
  const offsets = new Float64Array(batch.length);
  const dealt = new Uint8Array(taken);
  const { steps } = records;
  const origin = Number(records.origin);
  for (let i = 0; i < batch.length; i++) {
    const record = batch.rows[i]! - 1;
    recordOf[i] = record;
    dealt[record] = 1;
    offsets[i] = origin + steps[record]!;
    rows[i] = offsets[i]! + 1;
  }
  const deadLetters = batch.deadLetters.map((letter) => {
    dealt[letter.row - 1] = 1;
    return { ...letter, source, ...placeOf(records, letter.row - 1) };
  });
  // A parser of lines skips blank ones; a record without a value is a record all the same.
  for (let record = 0; record < taken; record++) {
    if (dealt[record] === 0) deadLetters.push(toBlankLetter(records, record, source));
  }
  deadLetters.sort((a, b) => a.offset - b.offset);
  const { length, channels, idBytes, idStarts, idEnds, idHashes, eventTimes, values, eventIds, labels } = batch;
  const columns = { length, channels, idBytes, idStarts, idEnds, idHashes, eventTimes, values, eventIds, labels };
  const original = (i: number): Uint8Array => records.value(recordOf[i]!) ?? NOTHING;
  return {
    batch: {
      ...columns,
      clockTimes: undefined,
      sources: [source],
      sourceOf: undefined,
      rows,
      offsets,
      original,
      deadLetters,
    },
    taken,
    recordOf,
  };
}

const NOTHING = new Uint8Array(0);

function placeOf(records: FetchedRecords, record: number): { row: number; offset: number } {
  const offset = Number(records.offset(record));
  return { row: offset + 1, offset };
}

function toBlankLetter(records: FetchedRecords, record: number, source: string): DeadLetter {
  const isTombstone = (records.flags[record]! & NO_VALUE) !== 0;
  const detail = isTombstone ? 'the record has no value (a tombstone)' : 'the value is empty or blank';
  return {
    reason: 'unreadable',
    detail,
    source,
    ...placeOf(records, record),
    bytes: records.value(record) ?? NOTHING,
    truncated: false,
  };
}
