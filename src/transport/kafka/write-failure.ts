import { type ErrorContext, SegtideError } from '../../errors.js';
import { protocolType, toTransportError } from './kafka-error.js';

/**
 * What an error of a producer means for what it was to write:
 *
 * - `fenced`: another producer with the same transactional id has begun since; nothing was written
 * - `transport`, not retriable: the brokers refused it, and would again; nothing was written
 * - `transport`, retriable: nobody knows yet whether it was written
 *
 * @param timedOut whether the transaction was open for longer than its time-out: the coordinator has then fenced its
 * producer by itself
 */
export function toWriteFailure(error: unknown, what: string, timedOut: boolean, context: ErrorContext): SegtideError {
  if (error instanceof SegtideError) return error;
  const type = protocolType(error) ?? '';
  if (type === 'INVALID_PRODUCER_EPOCH' && !timedOut) return toFenced(context, error);
  const { message } = toTransportError(error, what);
  return new SegtideError('transport', message, { cause: error, retriable: !isRefusal(error, type), context });
}

export function toFenced(context: ErrorContext, cause?: unknown): SegtideError {
  return new SegtideError(
    'fenced',
    `another process has opened the state of ${context.topic}/${context.partition}; this one commits nothing more. It may open the state again if the partition is still its own`,
    { cause, context },
  );
}

const REFUSALS = new Set([
  'INVALID_TOPIC_EXCEPTION',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'POLICY_VIOLATION',
  'INVALID_GROUP_ID',
  'INVALID_TRANSACTION_TIMEOUT',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'SASL_AUTHENTICATION_FAILED',
]);

function isRefusal(error: unknown, type: string): boolean {
  if (REFUSALS.has(type) || type.endsWith('_AUTHORIZATION_FAILED')) return true;
  const name = error instanceof Error ? error.name : '';
  return name === 'KafkaJSSASLAuthenticationError' || name === 'KafkaJSNotImplemented' || name === 'TypeError';
}
