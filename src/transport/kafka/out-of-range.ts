import { SegtideError } from '../../errors.js';
import type { PartitionRange } from './topics.js';

/** Offsets [from, to) of a topic's partition that were not read and will not be. */
export interface LostRecords {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * What to do about an offset to read that the topic may no longer have: nothing (undefined) where it has it.
 *
 * @throws SegtideError `state` when records were removed and that is to fail, and where the topic ends before the offset
 */
export function skipRemoved(
  topic: string,
  position: bigint,
  { partition, low, high }: PartitionRange,
  outOfRange: 'fail' | 'earliest' | 'latest',
): LostRecords | undefined {
  if (position >= low && position <= high) return undefined;
  const context = { topic, partition, offset: position };
  if (position > high) {
    throw new SegtideError(
      'state',
      `${topic}/${partition} is to be read from offset ${position} and ends at ${high}: the topic was truncated or made anew; start with a new group, or reset the offsets of this one`,
      { context },
    );
  }
  if (outOfRange === 'fail') {
    throw new SegtideError(
      'state',
      `retention has removed offsets ${position} to ${low - 1n} of ${topic}/${partition} before they were read; set \`outOfRange\` to \`earliest\` or \`latest\` to go on without them, and keep records for longer`,
      { context },
    );
  }
  return { topic, partition, from: position, to: outOfRange === 'earliest' ? low : high };
}
