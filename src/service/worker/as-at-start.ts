import { SegtideError } from '../../errors.js';
import type { ExistingTopic } from '../../transport/kafka/describe-topics.js';

export interface InputLooks {
  /** Topics of the input as they were at the start. */
  readonly before: readonly ExistingTopic[];
  /** Whether they are copied before they are read: then any number of partitions will do, for a process that knows it. */
  readonly isCopied: boolean;
  /** Looks at them again, as a start does. */
  find(): Promise<readonly ExistingTopic[]>;
  /** Looks whether the worker's own topics go with them, as a start does. */
  check(found: readonly ExistingTopic[]): Promise<unknown>;
}

/**
 * What to say where topics have changed under a running process: what has, what a start would find wrong now, and what
 * to do.
 *
 * @param error what ended the process
 * @returns an error about the topics, where they are why it ended; else the one that was given
 */
export async function asAtStart(error: unknown, { before, isCopied, find, check }: InputLooks): Promise<unknown> {
  const mayBeTopics = hasCode(error, ['config', 'transport']) && !error.retriable;
  if (!mayBeTopics) return error;
  let change = '';
  try {
    const found = await find();
    change = changeOf(before, found);
    await check(found);
  } catch (refused) {
    if (!hasCode(refused, ['input', 'output'])) return error;
    const { code, context, message } = refused;
    return new SegtideError(code, `${change}${message}`, { cause: error, context });
  }
  if (change === '' || !isCopied) return error;
  return new SegtideError('transport', `${change}start it again, and it copies all of their partitions`, {
    cause: error,
    retriable: true,
  });
}

/** As the beginning of a sentence; empty where nothing changed. */
function changeOf(before: readonly ExistingTopic[], now: readonly ExistingTopic[]): string {
  const changes = before.flatMap(({ topic, partitions }) => {
    const found = now.find((other) => other.topic === topic)?.partitions ?? partitions;
    return found === partitions ? [] : [`${topic} had ${partitions} partitions and has ${found} now`];
  });
  return changes.length === 0 ? '' : `the input changed while this worker ran (${changes.join('; ')}): `;
}

function hasCode(error: unknown, codes: readonly SegtideError['code'][]): error is SegtideError {
  return error instanceof SegtideError && codes.includes(error.code);
}
