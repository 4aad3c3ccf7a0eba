import { createRequire } from 'node:module';
import type { IHeaders } from 'kafkajs';

// What kafkajs writes and reads with, which its types say nothing of: other code than what is tested by it.
const load = createRequire(import.meta.url);
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0');
const Record = load('kafkajs/src/protocol/recordBatch/record/v0');
const MessageSet = load('kafkajs/src/protocol/messageSet');
const Encoder = load('kafkajs/src/protocol/encoder');

export interface TestRecord {
  /** From the base offset of its batch. */
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
}

export interface TestBatch {
  readonly firstOffset: number;
  /** Of the offsets that the batch once had: compaction may have taken the last record. */
  readonly lastOffsetDelta: number;
  readonly compression: number;
  readonly producerId: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly records: readonly TestRecord[];
}

/** A batch as brokers store it, encoded by kafkajs. */
export async function encodeBatch({ isTransactional, isControl, records, ...batch }: TestBatch): Promise<Buffer> {
  const encoded = await RecordBatch({
    ...batch,
    transactional: isTransactional,
    records: records.map((record) => Record({ timestampDelta: 3 * record.offsetDelta, ...record })),
  });
  const bytes = Buffer.from(encoded.buffer);
  // A producer can't write these.
  if (isControl) bytes.writeInt16BE(bytes.readInt16BE(21) | 0x20, 21);
  return bytes;
}

/** Records in the format of Kafka 0.10, as brokers store them. */
export function encodeMessageSet(firstOffset: number, entries: readonly { key: string; value: string }[]): Buffer {
  const bytes = Buffer.from(MessageSet({ messageVersion: 1, compression: 0, entries }).buffer);
  for (let at = 0, i = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) {
    bytes.writeBigInt64BE(BigInt(firstOffset + i++), at);
  }
  return bytes;
}

export interface TestAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode?: number;
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
  readonly recordSet: Buffer;
}

/** A broker's answer to a fetch, without what every answer begins with. */
export function encodeAnswer(version: number, answers: readonly TestAnswer[]): Buffer {
  const encoder = new Encoder().writeInt32(250);
  if (version >= 7) encoder.writeInt16(0).writeInt32(77);
  encoder.writeInt32(answers.length);
  for (const { topic, partition, errorCode = 0, aborted, recordSet } of answers) {
    encoder.writeString(topic).writeInt32(1).writeInt32(partition).writeInt16(errorCode);
    encoder.writeInt64(1000).writeInt64(900);
    if (version >= 5) encoder.writeInt64(3);
    encoder.writeInt32(aborted.length);
    for (const { producerId, firstOffset } of aborted) encoder.writeInt64(producerId).writeInt64(firstOffset);
    if (version >= 11) encoder.writeInt32(2);
    encoder.writeBytes(recordSet);
  }
  return Buffer.from(encoder.buffer);
}

/** What kafkajs makes of a partition's part of an answer. */
export interface DecodedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly preferredReadReplica?: number;
  readonly abortedTransactions: { readonly producerId: string; readonly firstOffset: string }[];
  readonly messages: {
    readonly offset: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: IHeaders;
    isControlRecord: boolean;
    readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
  }[];
}

export interface DecodedAnswer {
  readonly throttleTime: number;
  readonly clientSideThrottleTime?: number;
  readonly errorCode?: number;
  readonly sessionId?: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly DecodedPartition[] }[];
}

export function decodeByKafkajs(version: number, bytes: Buffer): Promise<DecodedAnswer> {
  return load(`kafkajs/src/protocol/requests/fetch/v${version}/response`).decode(bytes);
}
