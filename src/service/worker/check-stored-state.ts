import type { Kafka } from 'kafkajs';
import { lookAtLastEntry } from '../../transport/kafka/look-at-state.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import { decodeLogEntry } from './decision-log.js';
import { type PartitionState, refuseOther } from './partition-state.js';

/**
 * Finds out whether a worker could go on from what others have stored last, before it joins them: one that is given no
 * partition yet must not learn that it is set up otherwise when it is needed.
 *
 * @param topic of state
 * @throws SegtideError `state` that says what to do; `transport` when the topic can't be read
 */
export async function checkStoredState(
  kafka: Kafka,
  reader: TopicReader,
  topic: string,
  own: Pick<PartitionState, 'identity' | 'partitions'>,
): Promise<void> {
  const last = await lookAtLastEntry(kafka, reader, topic);
  if (last !== undefined) refuseOther(decodeLogEntry(last.entry), own, last.partition);
}
