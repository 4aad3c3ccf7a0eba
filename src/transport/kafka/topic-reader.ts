import type { KafkaMessage } from 'kafkajs';

/**
 * Reads partitions of inner topics from offsets of the caller's choice, as committed records only. One consumer of one
 * process, in a group of its own that commits nothing.
 */
export interface TopicReader {
  /**
   * Hands over records from `from` on (the oldest where undefined) until `take` answers true, or the signal aborts.
   * Readings of several partitions may be under way at once, but one at a time of each.
   */
  read(
    topic: string,
    partition: number,
    from: bigint | undefined,
    take: (records: readonly KafkaMessage[]) => boolean,
    signal?: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}
