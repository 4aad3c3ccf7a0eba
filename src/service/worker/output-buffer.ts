import { ASSIGNMENTS, DEAD_LETTERS, EMBEDDINGS, LATE, TRANSITIONS } from '../../publish/output.js';
import { createKafkaAssignmentSink } from '../../transport/kafka/kafka-assignment-sink.js';
import type { WorkerOutputs } from '../../worker/publisher.js';
import { createRecordBuffer, type RecordBuffer, type RecordBufferOptions } from '../record-buffer.js';

/** A worker's records that wait for the next commit. */
export interface OutputBuffer extends Omit<RecordBuffer, 'sink'> {
  readonly sinks: WorkerOutputs;
}

export interface OutputBufferOptions extends RecordBufferOptions {
  readonly embeddings: boolean;
}

export async function createOutputBuffer({ embeddings, ...options }: OutputBufferOptions): Promise<OutputBuffer> {
  const buffer = createRecordBuffer(options);
  const sinks: WorkerOutputs = {
    assignments: createKafkaAssignmentSink(await buffer.sink(ASSIGNMENTS)),
    transitions: await buffer.sink(TRANSITIONS),
    ...(embeddings && { embeddings: await buffer.sink(EMBEDDINGS) }),
    late: await buffer.sink(LATE),
    deadLetters: await buffer.sink(DEAD_LETTERS),
  };
  return Object.assign(buffer, { sinks });
}
