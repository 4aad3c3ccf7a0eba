import type { Sink } from '../ports.js';

/** The same sink, which tells of each record once it is taken: for outputs whose records are few beside the events. */
export function countedSink<T>(sink: Sink<T>, count: (record: T) => void): Sink<T> {
  return {
    async write(batch) {
      await sink.write(batch);
      for (const record of batch) count(record);
    },
    flush: () => sink.flush(),
    close: () => sink.close(),
  };
}
