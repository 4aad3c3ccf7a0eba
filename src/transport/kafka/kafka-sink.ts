import { SegtideError } from '../../errors.js';
import type { Sink } from '../../ports.js';
import type { Output } from '../../publish/output.js';
import { headerBytes } from './header-bytes.js';
import type { OutgoingRecord, RecordProducer } from './kafka-producer.js';
import { createRecordWriter, type RecordWriter, type RecordWriterOptions } from './record-writer.js';

export interface KafkaSinkOptions<T> extends RecordWriterOptions {
  readonly topic: string;
  readonly output: Output<T>;
  /**
   * Bytes of records in one request, about; a broker takes 1,048,588 by default, and a request may go to a single
   * partition. At least 1. @default 786432
   */
  readonly maxRequestBytes?: number;
}

/**
 * Writes the records of one output to a topic, few large requests one after another. What was not acknowledged stays
 * in the sink: after an error the next `write` or `flush` sends it again, so that a record may arrive twice but is
 * never dropped. `close` flushes; the producer stays its owner's to close.
 *
 * @throws SegtideError `config` for a wrong option
 */
export async function createKafkaSink<T>(producer: RecordProducer, options: KafkaSinkOptions<T>): Promise<Sink<T>> {
  const { topic, output } = options;
  const maxRequestBytes = options.maxRequestBytes ?? 786_432;
  if (!Number.isSafeInteger(maxRequestBytes) || maxRequestBytes < 1) {
    throw new SegtideError(
      'config',
      `\`maxRequestBytes\` must be a whole number of at least 1; got ${maxRequestBytes}`,
    );
  }
  const toOutgoing = await createRecordWriter(output, options);
  const requests: OutgoingRecord[][] = [];
  let filling: OutgoingRecord[] = [];
  let fillingBytes = 0;
  let sending: Promise<void> | undefined;

  const add = (record: T): void => {
    const outgoing = toOutgoing(record);
    const bytes = sizeOf(outgoing);
    if (fillingBytes > 0 && fillingBytes + bytes > maxRequestBytes) seal();
    filling.push(outgoing);
    fillingBytes += bytes;
  };
  const seal = (): void => {
    if (filling.length > 0) requests.push(filling);
    filling = [];
    fillingBytes = 0;
  };
  const sendSealed = async (): Promise<void> => {
    while (requests.length > 0) {
      await producer.send(topic, requests[0]!);
      requests.shift();
    }
  };
  const send = (): Promise<void> => {
    sending ??= sendSealed().finally(() => {
      sending = undefined;
    });
    return sending;
  };
  const flush = async (): Promise<void> => {
    // A request that was under way may have failed, and this caller's records may not have been among it.
    await sending?.catch(() => {});
    seal();
    await send();
  };

  return {
    async write(batch) {
      for (const record of batch) add(record);
      // One full request may be under way while the next is filled; more would pile up.
      if (requests.length > 1) await send();
      else if (requests.length > 0) send().catch(() => {}); // the next write or flush tries again, and tells
    },
    flush,
    close: flush,
  };
}

function sizeOf({ key, value, headers }: ReturnType<RecordWriter<unknown>>): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value) + headerBytes(headers) + RECORD_OVERHEAD;
}

/** Lengths, deltas and attributes of a record, and the index of its partition's batch. */
const RECORD_OVERHEAD = 24;
