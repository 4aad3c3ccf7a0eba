import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '../../anomaly/alert.js';
import { SegtideError } from '../../errors.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';
import type { GroupReader } from '../../transport/kafka/group-reader.js';
import type { RecordDecoder } from '../record-decoder.js';
import type { PositionedAlert } from './told-alerts.js';

export interface FollowPartitionParts {
  readonly group: Pick<GroupReader, 'commit'>;
  readonly decode: RecordDecoder;
  readonly deliver: (alerts: readonly PositionedAlert[]) => Promise<void>;
  readonly onUnreadable: (position: string) => void;
}

/**
 * Delivers the alerts of one partition, and commits how far it is after that: after a crash, what was not committed is
 * delivered once more. Resolves when the partition was revoked, or when it was told to stop.
 *
 * @throws SegtideError `fenced` where the partition was given to another member before the commit
 */
export async function followAlertPartition(
  partition: AssignedPartition,
  { group, decode, deliver, onUnreadable }: FollowPartitionParts,
  stop: AbortSignal,
): Promise<void> {
  const topic = partition.topics[0]!;
  partition.start(new Map());
  const isOver = (): boolean => stop.aborted || partition.signal.aborted;
  while (!isOver()) {
    if (!(await partition.arrival(LOOK_MS))) continue;
    const records = partition.peek(topic, BATCH_BYTES);
    const alerts: PositionedAlert[] = [];
    for (const { value, offset } of records) {
      if (value === null) continue;
      const position = `${topic}/${partition.partition}@${offset}`;
      const alert = tryDecode(decode, value);
      if (alert === undefined) onUnreadable(position);
      else alerts.push({ alert, position });
    }
    partition.take(topic, records.length);
    const next = partition.next(topic);
    try {
      await working(partition, deliver(alerts));
    } catch (error) {
      if (error instanceof SegtideError && error.code === 'aborted') return;
      throw error;
    }
    if (next !== undefined && records.length > 0) await group.commit(partition, new Map([[topic, next]]));
    // Marks of transactions alone wake it, too, and are not worth a commit.
    else await sleep(1);
  }
}

const LOOK_MS = 1000;
/** Some dozens of alerts: they are in memory until they are delivered. */
const BATCH_BYTES = 131_072;

function tryDecode(decode: RecordDecoder, value: Buffer): Alert | undefined {
  try {
    return decode(value) as Alert;
  } catch {
    return undefined;
  }
}

/** A receiver that fails takes longer than an owner that takes nothing is given. */
async function working(partition: AssignedPartition, work: Promise<void>): Promise<void> {
  const timer = setInterval(() => partition.working(), WORKING_EVERY_MS);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

const WORKING_EVERY_MS = 5000;
