import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import type { FetchedRecord, FetchedRecords } from './fetched-records.js';
import { createStateHistory } from './state-history.js';
import { EMPTY } from './state-records.js';
import type { StoredState } from './state-store.js';
import type { TopicReader } from './topic-reader.js';
import { describeTopic, type PartitionRange } from './topics.js';

/**
 * Reads what a partition of a state topic holds, and takes it from nobody: its owner may go on writing. Undefined where
 * it holds nothing, and where its owner changed it faster than it could be read.
 *
 * @throws SegtideError `transport` when it can't be read
 */
export async function lookAtState(
  kafka: Kafka,
  reader: TopicReader,
  topic: string,
  partition: number,
): Promise<StoredState | undefined> {
  const range = (await describeTopic(kafka, topic)).find((found) => found.partition === partition);
  if (range === undefined) return undefined;
  const history = createStateHistory({ topic, partition });
  await readRange(reader, topic, range, AbortSignal.timeout(PATIENCE_MS), (record) => history.add(record));
  try {
    return (await history.restore()).state;
  } catch (error) {
    // What a checkpoint replaces is deleted, be it that somebody is reading it. Damage is for the owner to tell.
    if (error instanceof SegtideError && error.code === 'state') return undefined;
    throw error;
  }
}

/**
 * Reads the newest log entry of some partition of a state topic, and takes nothing from anybody. Undefined where none of
 * them has one among its last records.
 *
 * @throws SegtideError `transport` when they can't be read
 */
export async function lookAtLastEntry(
  kafka: Kafka,
  reader: TopicReader,
  topic: string,
): Promise<{ readonly partition: number; readonly entry: Uint8Array } | undefined> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (const { partition, low, high } of await describeTopic(kafka, topic)) {
    const tail = { partition, low: high - low > TAIL ? high - TAIL : low, high };
    let entry: Uint8Array | undefined;
    await readRange(reader, topic, tail, patience, ({ key, value, headers }) => {
      if (value !== null && headers?.[EMPTY] === undefined && String(key).includes('/log/')) entry = value;
    });
    if (entry !== undefined) return { partition, entry };
    if (patience.aborted) return undefined;
  }
  return undefined;
}

/** What is at the end may belong to a transaction that is still open; nobody waits for it. */
const PATIENCE_MS = 10_000;
/** Offsets from the end on: each commit ends with an entry of the log and the mark of its transaction, each owner begins with two. */
const TAIL = 32n;

async function readRange(
  reader: TopicReader,
  topic: string,
  { partition, low, high }: PartitionRange,
  signal: AbortSignal,
  look: (record: FetchedRecord) => void,
): Promise<void> {
  if (high <= low) return;
  const take = (records: FetchedRecords, next: bigint): boolean => {
    for (const record of records) look(record);
    return next >= high;
  };
  await reader.read(topic, partition, low, take, signal);
}
