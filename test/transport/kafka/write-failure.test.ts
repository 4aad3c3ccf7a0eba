import { KafkaJSError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { toWriteFailure } from '../../../src/transport/kafka/write-failure.js';

const CONTEXT = { topic: 'state', partition: 3 };
const protocolError = (type: string, retriable: boolean) =>
  new KafkaJSProtocolError({ message: type, type, code: 0, retriable } as unknown as Error);

describe('a failure to write', () => {
  it('is that of a former owner where the epoch of its producer is over', () => {
    const failure = toWriteFailure(protocolError('INVALID_PRODUCER_EPOCH', false), 'failed', false, CONTEXT);
    expect(failure).toMatchObject({ code: 'fenced', retriable: false, context: CONTEXT });
  });

  it('is open where the coordinator may have ended the epoch because the transaction took too long', () => {
    const failure = toWriteFailure(protocolError('INVALID_PRODUCER_EPOCH', false), 'failed', true, CONTEXT);
    expect(failure).toMatchObject({ code: 'transport', retriable: true });
  });

  it.each(['MESSAGE_TOO_LARGE', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED'])(
    'would come again after %s',
    (type) => {
      expect(toWriteFailure(protocolError(type, false), 'failed', false, CONTEXT).retriable).toBe(false);
    },
  );

  it('is open of a topic that is unknown: a broker that has just come knows few', () => {
    const unknown = protocolError('UNKNOWN_TOPIC_OR_PARTITION', true);
    const given = new KafkaJSNumberOfRetriesExceeded(unknown, { retryCount: 0, retryTime: 10 });
    expect(toWriteFailure(given, 'failed', false, CONTEXT)).toMatchObject({ code: 'transport', retriable: true });
  });

  it.each(['INVALID_TXN_STATE', 'INVALID_PRODUCER_ID_MAPPING', 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN'])(
    'is open after %s: a new producer can find out',
    (type) => {
      expect(toWriteFailure(protocolError(type, false), 'failed', false, CONTEXT).retriable).toBe(true);
    },
  );

  it('is open after a time-out', () => {
    const failure = toWriteFailure(new KafkaJSError('Request EndTxn timed out'), 'a commit failed', false, CONTEXT);
    expect(failure).toMatchObject({ code: 'transport', retriable: true });
    expect(failure.message).toBe('a commit failed: Request EndTxn timed out');
  });

  it('passes unchanged where it was told in our words before', () => {
    const told = new SegtideError('fenced', 'x');
    expect(toWriteFailure(told, 'failed', false, CONTEXT)).toBe(told);
  });
});
