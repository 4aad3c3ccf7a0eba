import { KafkaJSConnectionError, KafkaJSNonRetriableError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { isRetriable, toTransportError } from '../../../src/transport/kafka/kafka-error.js';

describe('an error is one that may pass', () => {
  it.each([
    ['a lost connection', new KafkaJSConnectionError('gone'), true],
    ['the same within one that is not', within(new KafkaJSConnectionError('gone')), true],
    [
      'a request that waited too long for another one',
      Object.assign(new KafkaJSNonRetriableError('3 waiting'), { name: 'KafkaJSLockTimeout' }),
      true,
    ],
    ['what a broker refuses', new KafkaJSNonRetriableError('no'), false],
    ["segtide's own, as it says", new SegtideError('transport', 'x', { retriable: true }), true],
    ['nothing that Kafka knows of', new TypeError('x'), false],
  ])('where it is %s: %s', (_, error, passes) => {
    expect(isRetriable(error)).toBe(passes);
  });
});

describe('errors of several topics', () => {
  const of = (topic: string, type: string, retriable: boolean) =>
    Object.assign(new Error(`${type} it was`), { name: 'KafkaJSCreateTopicError', topic, type, retriable });
  const late = of('a', 'REQUEST_TIMED_OUT', true);
  const there = of('b', 'TOPIC_ALREADY_EXISTS', false);
  const refused = of('c', 'POLICY_VIOLATION', false);
  const all = (...errors: Error[]) => Object.assign(new Error('Topic creation errors'), { errors });

  it('pass where each does, or is of a topic that is there by now', () => {
    expect(isRetriable(all(late, there))).toBe(true);
    expect(isRetriable(all(late, refused))).toBe(false);
  });

  it('are told one by one', () => {
    expect(toTransportError(all(late, refused), 'the topics could not be created').message).toBe(
      'the topics could not be created: a: REQUEST_TIMED_OUT it was; c: POLICY_VIOLATION it was',
    );
  });
});

describe('what a user is told', () => {
  it('of a login that nobody asks for names the setting, not the state of a protocol', () => {
    const cause = Object.assign(new KafkaJSNonRetriableError('Request is not valid given the current SASL state'), {
      type: 'ILLEGAL_SASL_STATE',
    });
    expect(toTransportError(within(cause), 'brokers could not be asked').message).toMatch(
      /this listener asks for no login: leave out `kafka.sasl`, or name the port of a listener that has SASL$/,
    );
  });
});

function within(cause: Error): Error {
  return Object.assign(new KafkaJSNonRetriableError(cause.message), { cause });
}
