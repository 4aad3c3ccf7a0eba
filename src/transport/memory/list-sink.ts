import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';

/** Keeps what it is given. */
export interface ListSink<T> extends Sink<T> {
  /** All records, in the order in which they were written. */
  readonly records: readonly T[];
  /** How many of them were there at the last flush. */
  readonly flushed: number;
  readonly closed: boolean;
}

/**
 * Makes a sink that keeps its records in a list: for tests, and for programs that want the results themselves.
 *
 * @example
 * const sink = createListSink<{ customerId: string }>();
 * await sink.write([{ customerId: 'N12345' }]);
 * sink.records.length; // 1
 */
export function createListSink<T>(): ListSink<T> {
  const records: T[] = [];
  let flushed = 0;
  let closed = false;
  const check = (): void => {
    if (closed) throw new SegtideError('output', 'The list is closed and takes no further records.');
  };
  return {
    records,
    get flushed() {
      return flushed;
    },
    get closed() {
      return closed;
    },
    async write(batch) {
      check();
      for (const record of batch) records.push(record);
    },
    async flush() {
      check();
      flushed = records.length;
    },
    async close() {
      closed = true;
    },
  };
}
