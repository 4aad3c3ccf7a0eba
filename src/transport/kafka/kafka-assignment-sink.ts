import type { Sink } from '../../ports.js';
import {
  type AssignedWindows,
  type AssignmentRecord,
  type EmittedAt,
  toAssignmentRecords,
} from '../../publish/assignment-record.js';

/** Takes assignments as columns, as the worker has them; a topic takes records. */
export interface KafkaAssignmentSink {
  write(columns: AssignedWindows, emittedAt: EmittedAt): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createKafkaAssignmentSink(records: Sink<AssignmentRecord>): KafkaAssignmentSink {
  return {
    write: (columns, emittedAt) => records.write(toAssignmentRecords(columns, emittedAt)),
    flush: () => records.flush(),
    close: () => records.close(),
  };
}
