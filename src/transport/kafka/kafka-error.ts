import { type ErrorContext, SegtideError } from '../../errors.js';

/** Wraps what kafkajs threw; an error of segtide's own passes unchanged, also where kafkajs has wrapped it. */
export function toTransportError(cause: unknown, what: string, context: ErrorContext = {}): SegtideError {
  const own = segtideErrorIn(cause);
  if (own !== undefined) return own;
  const reason = reasonOf(cause);
  const retriable = isRetriable(cause);
  return new SegtideError('transport', `${what}: ${reason}${adviceOn(cause)}`, { cause, retriable, context });
}

/** Of several topics at once, kafkajs says only that there were errors. */
function reasonOf(cause: unknown): string {
  const parts = errorsIn(cause).map(({ topic, message }) => (topic === undefined ? message : `${topic}: ${message}`));
  if (parts.length > 0) return [...new Set(parts)].join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}

function errorsIn(error: unknown): readonly (Error & { readonly topic?: string })[] {
  const errors = typeof error === 'object' && error !== null ? (error as KafkaJsError).errors : undefined;
  return errors ?? [];
}

function adviceOn(cause: unknown): string {
  const type = protocolType(cause);
  if (type?.endsWith('_AUTHORIZATION_FAILED')) return '; `segtide topics plan` lists the rights that are needed';
  if (type === 'ILLEGAL_SASL_STATE') {
    return '; this listener asks for no login: leave out `kafka.sasl`, or name the port of a listener that has SASL';
  }
  return isLostCoordinator(cause) ? ' (or no right to it: `segtide topics plan` lists those that are needed)' : '';
}

/** A codec or a token client of segtide's may have thrown within kafkajs, which wraps it when it gives up. */
function segtideErrorIn(error: unknown): SegtideError | undefined {
  if (error instanceof SegtideError) return error;
  return error instanceof Error ? segtideErrorIn(error.cause) : undefined;
}

/**
 * kafkajs found no coordinator: where it may not use the group or transactional id, and where the broker that it asked
 * was away. It takes both for good.
 */
export function isLostCoordinator(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, cause }: KafkaJsError = error;
  return name === 'KafkaJSGroupCoordinatorNotFound' || isLostCoordinator(cause);
}

/** The group is choosing its members' partitions anew; the same request may be right once it has. */
export function isRebalance(error: unknown): boolean {
  const type = protocolType(error);
  return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID';
}

/** The topic is not there. kafkajs takes it for a state that passes, as it is for a topic just made. */
export function isUnknownTopic(error: unknown): boolean {
  return protocolType(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** Tells, error by error, whether to ask again for a topic: one that was just made is unknown to some broker for a moment. */
export function createTopicPatience(): (error: unknown) => boolean {
  let unknown = 0;
  return (error) => isRetriable(error) && (!isUnknownTopic(error) || ++unknown < UNKNOWN_ATTEMPTS);
}

/** Before a topic that is unknown counts as missing: a second and a half by `tryAgain`. */
const UNKNOWN_ATTEMPTS = 7;

/**
 * What a user is told of a topic that is not there.
 *
 * @param code whether it was to be read or written
 */
export function toUnknownTopic(topic: string, code: 'input' | 'output', cause?: unknown): SegtideError {
  const text = `the topic ${topic} does not exist, or this client may not see it; create it (\`segtide topics create\` makes those that segtide writes) or correct the name`;
  return new SegtideError(code, text, { cause, context: { topic } });
}

/** Whether the same request may be right when it is sent again. */
export function isRetriable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (error instanceof SegtideError) return error.retriable;
  const { name, cause, retriable }: KafkaJsError = error;
  const several = errorsIn(error);
  // What an attempt before it has made, of which no answer came, is there.
  if (several.length > 0)
    return several.every((one) => isRetriable(one) || protocolType(one) === 'TOPIC_ALREADY_EXISTS');
  if (name === 'KafkaJSNumberOfRetriesExceeded') return true;
  // One request waited too long for another, whose broker does not answer.
  if (name === 'KafkaJSLockTimeout') return true;
  // A refused connection comes wrapped as not retriable; what it wraps knows better.
  return typeof cause === 'object' && cause !== null ? isRetriable(cause) : retriable === true;
}

interface KafkaJsError {
  readonly type?: string;
  readonly name?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
  /** Of an error that stands for several. */
  readonly errors?: readonly (Error & { readonly topic?: string })[];
}

/** The broker's own name of the error. kafkajs wraps protocol errors when it gives up on them; the type is on the innermost. */
export function protocolType(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { type, cause }: KafkaJsError = error;
  return type ?? protocolType(cause);
}
