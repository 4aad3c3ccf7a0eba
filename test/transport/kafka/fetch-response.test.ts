import { describe, expect, it } from 'vitest';
import { decodeFetchResponse } from '../../../src/transport/kafka/fetch-response.js';
import { decodeByKafkajs, encodeAnswer, encodeBatch, type TestAnswer } from './fetch-bytes.js';

const recordSet = await encodeBatch({
  firstOffset: 5,
  lastOffsetDelta: 0,
  compression: 0,
  producerId: -1,
  isTransactional: false,
  isControl: false,
  records: [{ offsetDelta: 0, key: null, value: Buffer.from('a') }],
});
const ANSWERS: readonly TestAnswer[] = [
  { topic: 'usage', partition: 3, aborted: [{ producerId: 2 ** 40, firstOffset: 2 ** 50 }], recordSet },
  { topic: 'größe', partition: 0, errorCode: 6, aborted: [], recordSet: Buffer.alloc(0) },
];

describe('a fetch response', () => {
  it.each([4, 5, 6, 7, 8, 9, 10, 11])('of version %i is what kafkajs reads, but for the records', async (version) => {
    const bytes = encodeAnswer(version, ANSWERS);
    const expected = await decodeByKafkajs(version, bytes);
    const { responses, ...rest } = decodeFetchResponse(bytes, version);
    expect(rest).toEqual({
      throttleTime: expected.throttleTime,
      clientSideThrottleTime: expected.clientSideThrottleTime,
      errorCode: expected.errorCode ?? 0,
      sessionId: expected.sessionId ?? 0,
    });
    expect(
      responses.map(({ topicName, partitions }) => ({
        topicName,
        partitions: partitions.map(({ recordSet: bytes, abortedTransactions, ...partition }) => ({
          ...partition,
          length: bytes.length,
          abortedTransactions: abortedTransactions.map(({ producerId, firstOffset }) => ({
            producerId: String(producerId),
            firstOffset: String(firstOffset),
          })),
        })),
      })),
    ).toEqual(
      expected.responses.map(({ topicName, partitions }) => ({
        topicName,
        partitions: partitions.map((partition) => ({
          partition: partition.partition,
          errorCode: partition.errorCode,
          highWatermark: partition.highWatermark,
          lastStableOffset: partition.lastStableOffset,
          preferredReadReplica: partition.preferredReadReplica ?? -1,
          abortedTransactions: partition.abortedTransactions,
          length: partition.messages.length * recordSet.length,
        })),
      })),
    );
  });

  it('that ends too early, or is of another version, is refused', () => {
    const bytes = encodeAnswer(11, ANSWERS);
    expect(() => decodeFetchResponse(bytes.subarray(0, 120), 11)).toThrow('ends too early');
    expect(() => decodeFetchResponse(bytes, 12)).toThrow('version 12');
  });
});
