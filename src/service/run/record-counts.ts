import type { Sink } from '../../ports.js';
import type { AssignmentSink } from '../../worker/publisher.js';
import type { OutputSummary } from '../run-summary.js';

/** Counts the records of every output on their way to its sink. */
export interface RecordCounts {
  add(name: string, records: number): void;
  /** The same sink, counted. */
  count<T>(name: string, sink: Sink<T>): Sink<T>;
  summary(pathOf: (name: string) => string): OutputSummary[];
}

/**
 * @param names of the outputs
 * @param from records of the run that is resumed, by output
 */
export function createRecordCounts(
  names: readonly string[],
  from: Readonly<Record<string, number>> | undefined,
): RecordCounts {
  const records = new Map<string, number>(names.map((name) => [name, from?.[name] ?? 0]));
  const add = (name: string, more: number): void => {
    records.set(name, records.get(name)! + more);
  };
  return {
    add,
    count: (name, sink) => ({
      write: async (batch) => {
        await sink.write(batch);
        add(name, batch.length);
      },
      flush: () => sink.flush(),
      close: () => sink.close(),
    }),
    summary: (pathOf) => [...records].map(([output, count]) => ({ output, path: pathOf(output), records: count })),
  };
}

/** The sink of assignments, counted. */
export function countAssignments(sink: AssignmentSink, counts: RecordCounts): AssignmentSink {
  return {
    write: async (columns, emittedAt) => {
      await sink.write(columns, emittedAt);
      counts.add('assignments', columns.series.length);
    },
    flush: () => sink.flush(),
    close: () => sink.close(),
  };
}
