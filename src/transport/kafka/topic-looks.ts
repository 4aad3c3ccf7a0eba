import type { Kafka } from 'kafkajs';
import type { SegtideError } from '../../errors.js';
import type { GroupReaderSettings } from './group-reader-options.js';
import { isRetriable, toTransportError } from './kafka-error.js';
import { type LostRecords, skipRemoved } from './out-of-range.js';
import { selectionChange, selectTopics, type TopicSelection } from './topic-selection.js';
import { describeTopic } from './topics.js';

/** Looks at topics that are being read, to see whether they are still what they were. */
export interface TopicLooks {
  /** Whether topics were added or removed, or have other partition counts. */
  compare(): void;
  /** Whether they still have what is to be read next; goes on as `outOfRange` says where they have not. */
  passOverRemoved(): void;
}

export interface TopicLooksListener {
  /** Offset to fetch next; undefined where none is known. */
  position(topic: string, partition: number): bigint | undefined;
  lost(records: LostRecords): void;
  failed(error: SegtideError): void;
}

export function createTopicLooks(
  kafka: Kafka,
  selection: TopicSelection,
  settings: GroupReaderSettings,
  listener: TopicLooksListener,
): TopicLooks {
  let looking = false;
  /** One look at a time; brokers that can't answer are asked again when the next fetch fails or the next round comes. */
  const look = (what: () => Promise<void>): void => {
    if (looking) return;
    looking = true;
    what()
      .catch((error: unknown) => {
        if (!isRetriable(error)) listener.failed(toTransportError(error, 'the topics could not be looked at'));
      })
      .finally(() => {
        looking = false;
      });
  };
  const compare = async (): Promise<void> => {
    const change = selectionChange(selection, await selectTopics(kafka, settings.topics));
    if (change !== undefined) listener.failed(change);
  };
  const passOverRemoved = async (): Promise<void> => {
    for (const topic of selection.topics) {
      for (const range of await describeTopic(kafka, topic)) {
        const position = listener.position(topic, range.partition);
        const lost = position === undefined ? undefined : skipRemoved(topic, position, range, settings.outOfRange);
        if (lost !== undefined) listener.lost(lost);
      }
    }
  };
  return { compare: () => look(compare), passOverRemoved: () => look(passOverRemoved) };
}
