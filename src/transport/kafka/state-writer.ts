import type { RecordMetadata } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import type { OutgoingRecord } from './kafka-producer.js';

/** What a store writes with, from its making to its first error. */
export interface StateWriter {
  /**
   * Writes outputs, then state, then offsets: with transactions all of it or nothing.
   *
   * @param outputs records by topic
   * @param state records of the state topic; without any, the answer says nothing
   * @param offsets next offsets of the input partition, by topic
   * @throws SegtideError as `toWriteFailure` says
   */
  write(
    outputs: ReadonlyMap<string, readonly OutgoingRecord[]>,
    state: readonly OutgoingRecord[],
    offsets: ReadonlyMap<string, bigint>,
  ): Promise<WrittenState>;
  close(): Promise<void>;
}

export interface WrittenState {
  /** Offset of the first state record. */
  readonly first: bigint;
  /** Offset of the last state record. */
  readonly last: bigint;
}

/**
 * Adds the state records of one more request.
 *
 * @param answers what kafkajs resolved with
 * @param count state records in the request
 */
export function extendWritten(
  written: WrittenState | undefined,
  answers: readonly RecordMetadata[],
  topic: string,
  count: number,
): WrittenState {
  const offset = answers.find(({ topicName }) => topicName === topic)?.baseOffset;
  if (offset === undefined || BigInt(offset) < 0n) {
    const what = `a broker did not tell where it put the records for ${topic}`;
    throw new SegtideError('transport', what, { retriable: true, context: { topic } });
  }
  const first = BigInt(offset);
  return { first: written?.first ?? first, last: first + BigInt(count - 1) };
}
