import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { describeTopic, offsetsAt } from '../../transport/kafka/topics.js';

/** Offsets of one partition of a topic that a replay reads. */
export interface ReplayRange {
  readonly topic: string;
  readonly partition: number;
  /** Where reading begins, so that the windows that close in the range are whole. */
  readonly lead: bigint;
  /** The first record of the range. */
  readonly from: bigint;
  /** The first record after it. */
  readonly to: bigint;
}

/** What a replay reads, by the time of records, in epoch ms. */
export interface ReplayTimes {
  readonly from: number;
  readonly to: number;
  /** How long before `from` reading begins. */
  readonly leadMs: number;
}

export interface FindRangesOptions {
  /** Whether a range of which retention has removed records is an error, or replayed as it is. */
  readonly outOfRange: 'fail' | 'earliest' | 'latest';
  /** Told of records that may be missing. */
  readonly onRemoved: (text: string) => void;
}

/**
 * Finds the offsets of a range of time, partition by partition.
 *
 * @throws SegtideError `state` where retention has removed records of it, and that is to fail
 */
export async function findReplayRanges(
  kafka: Kafka,
  topics: readonly string[],
  { from, to, leadMs }: ReplayTimes,
  { outOfRange, onRemoved }: FindRangesOptions,
): Promise<readonly ReplayRange[]> {
  const ranges: ReplayRange[] = [];
  const removed: string[] = [];
  const shortened: string[] = [];
  for (const topic of topics) {
    const leads = await offsetsAt(kafka, topic, Math.max(0, from - leadMs));
    const froms = await offsetsAt(kafka, topic, from);
    const tos = await offsetsAt(kafka, topic, to);
    for (const { partition, low, high } of await describeTopic(kafka, topic)) {
      const range = {
        ...{ topic, partition },
        lead: leads.get(partition) ?? high,
        from: froms.get(partition) ?? high,
        to: tos.get(partition) ?? high,
      };
      ranges.push(range);
      // Where the oldest record left is of the time asked for, older ones that were removed may have been, too.
      if (low > 0n && range.from <= low) removed.push(`${topic}/${partition}`);
      else if (low > 0n && range.lead <= low) shortened.push(`${topic}/${partition}`);
    }
  }
  if (removed.length > 0) {
    const what = `retention has removed records of ${removed.join(', ')}, and what is left begins no earlier than ${new Date(from).toISOString()}`;
    if (outOfRange === 'fail') {
      throw new SegtideError(
        'state',
        `${what}: the range may lack records. Begin later, or set input.kafka.outOfRange to earliest to replay what is left`,
        { context: { topic: ranges[0]!.topic } },
      );
    }
    onRemoved(`${what}: windows that begin before that are left out`);
  }
  if (shortened.length > 0) {
    onRemoved(
      `retention has removed records of ${shortened.join(', ')} from before the range: windows that begin there are left out`,
    );
  }
  return ranges;
}
