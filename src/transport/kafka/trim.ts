import type { Kafka } from 'kafkajs';
import { KAFKA_RETRY } from './kafka-connection.js';
import { protocolType, toTransportError } from './kafka-error.js';

/**
 * Makes a function that removes the records of a partition before an offset, by and by. A topic that is cleaned by
 * compaction alone does not let records be removed: then nothing is tried any more.
 */
export function createTrim(
  kafka: Kafka,
  topic: string,
  partition: number,
  onFailed: (error: Error) => void,
): (before: bigint) => void {
  let allowed = true;
  const trim = async (before: bigint): Promise<void> => {
    const admin = kafka.admin({ retry: KAFKA_RETRY });
    try {
      await admin.connect();
      await admin.fetchTopicOffsets(topic); // makes kafkajs look up the leader, which it needs next
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
    } catch (error) {
      if (refusesDeletion(error)) allowed = false;
      else onFailed(toTransportError(error, `old records of ${topic}/${partition} were not removed`));
    } finally {
      await admin.disconnect();
    }
  };
  return (before) => {
    if (allowed) trim(before).catch(onFailed);
  };
}

/** kafkajs keeps the broker's answers in a list, of an error that it may have wrapped. */
function refusesDeletion(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { partitions, cause }: { partitions?: readonly { readonly error?: unknown }[]; cause?: unknown } = error;
  if (partitions === undefined) return refusesDeletion(cause);
  return partitions.some((each) => protocolType(each.error) === 'POLICY_VIOLATION');
}
