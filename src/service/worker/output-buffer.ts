import type { DeadLetter } from '../../ingest/dead-letter.js';
import type { Sink } from '../../ports.js';
import { ALERTS, ASSIGNMENTS, DEAD_LETTERS, EMBEDDINGS, LATE, TRANSITIONS } from '../../publish/output.js';
import { createKafkaAssignmentSink } from '../../transport/kafka/kafka-assignment-sink.js';
import type { WorkerOutputs } from '../../worker/publisher.js';
import { createRecordBuffer, type RecordBuffer, type RecordBufferOptions } from '../record-buffer.js';

/** A worker's records that wait for the next commit. */
export interface OutputBuffer extends Omit<RecordBuffer, 'sink'> {
  readonly sinks: WorkerOutputs;
}

export interface OutputBufferOptions extends RecordBufferOptions {
  readonly embeddings: boolean;
  readonly alerts: boolean;
}

export async function createOutputBuffer({
  embeddings,
  alerts,
  ...options
}: OutputBufferOptions): Promise<OutputBuffer> {
  const buffer = createRecordBuffer(options);
  const sinks: WorkerOutputs = {
    assignments: createKafkaAssignmentSink(await buffer.sink(ASSIGNMENTS)),
    transitions: await buffer.sink(TRANSITIONS),
    ...(embeddings && { embeddings: await buffer.sink(EMBEDDINGS) }),
    ...(alerts && { alerts: await buffer.sink(ALERTS) }),
    late: await buffer.sink(LATE),
    deadLetters: shortening(await buffer.sink(DEAD_LETTERS)),
  };
  return Object.assign(buffer, { sinks });
}

/** Letters of what a topic of input takes are longer as JSON than a topic takes: the rest is found at their offset. */
export function shortening(sink: Sink<DeadLetter>): Sink<DeadLetter> {
  return {
    write: (letters) =>
      sink.write(
        letters.map((letter) =>
          letter.bytes.length <= MOST_LETTER_BYTES
            ? letter
            : { ...letter, bytes: letter.bytes.subarray(0, MOST_LETTER_BYTES), truncated: true },
        ),
      ),
    flush: () => sink.flush(),
    close: () => sink.close(),
  };
}

/** Brokers take records of 1 MiB by default; base64 makes four bytes of three. */
const MOST_LETTER_BYTES = 512 * 1024;
