import { SegtideError } from '../../errors.js';
import type { FetchedRecord, FetchedRecords } from './fetched-records.js';
import type { TopicReader } from './topic-reader.js';

/** One partition of the state topic, as a store reads it. */
export interface StatePartition {
  /**
   * Reads from an offset on, the oldest where undefined, up to a record that is known to be there.
   *
   * @returns the offset of that record
   * @throws SegtideError `transport`, retriable, when that took too long; and what `isEnd` throws
   */
  readUpTo(from: bigint | undefined, isEnd: (record: FetchedRecord) => boolean): Promise<bigint>;
  /** Reads what there is from an offset on, though nothing tells when that is all; where brokers are slow, less. */
  readAll(from: bigint, look: (record: FetchedRecord) => void): Promise<void>;
}

/** In ms. */
export interface ReadWaits {
  /** A reader whose broker is back finds it within that time. */
  readonly patience: number;
  /** Without further records for that long, a partition is taken for read: longer than a broker holds its answer back. */
  readonly quiet: number;
}

export const READ_WAITS: ReadWaits = { patience: 5000, quiet: 300 };

/**
 * @param longestMs after which `readUpTo` gives up
 * @param signal ends every reading
 */
export function createStatePartition(
  reader: TopicReader,
  context: { readonly topic: string; readonly partition: number },
  waits: ReadWaits,
  longestMs: number,
  signal: AbortSignal,
): StatePartition {
  const { topic, partition } = context;
  return {
    async readUpTo(from, isEnd) {
      let end: FetchedRecord | undefined;
      const take = (records: FetchedRecords): boolean => {
        for (const record of records) {
          if (isEnd(record)) {
            end = record;
            return true;
          }
        }
        return false;
      };
      await reader.read(topic, partition, from, take, AbortSignal.any([signal, AbortSignal.timeout(longestMs)]));
      if (end !== undefined) return end.offset;
      const what = `the state in ${topic}/${partition} could not be read to its end within ${longestMs} ms`;
      throw new SegtideError('transport', what, { retriable: true, context });
    },
    async readAll(from, look) {
      const silence = new AbortController();
      let timer = setTimeout(() => silence.abort(), waits.patience);
      const take = (records: FetchedRecords): boolean => {
        for (const record of records) look(record);
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), waits.quiet);
        return false;
      };
      try {
        await reader.read(topic, partition, from, take, AbortSignal.any([signal, silence.signal]));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
