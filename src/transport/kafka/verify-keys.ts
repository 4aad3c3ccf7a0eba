import { type ErrorContext, SegtideError } from '../../errors.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import { type FetchedRecords, NO_KEY } from './fetched-records.js';

/**
 * Checks that the key of each event's record is the customer id: only then are all events of a customer in one
 * partition, in order.
 *
 * @throws SegtideError `input` with topic, partition and offset; the customer is not named
 */
export function verifyKeys(
  batch: UsageBatch,
  records: FetchedRecords,
  recordOf: Uint32Array,
  context: ErrorContext,
): void {
  const { idBytes, idStarts, idEnds } = batch;
  const { bytes, keyStarts, flags } = records;
  for (let i = 0; i < batch.length; i++) {
    const record = recordOf[i]!;
    const hasKey = (flags[record]! & NO_KEY) === 0;
    const id = idStarts[i]!;
    const key = keyStarts[record]!;
    const length = idEnds[i]! - id;
    let same = hasKey && keyStarts[record + 1]! - key === length ? 0 : -1;
    while (same >= 0 && same < length && bytes[key + same] === idBytes[id + same]) same++;
    if (same === length) continue;
    const offset = records.offset(record);
    const found = hasKey ? 'has a key that is not the customer id' : 'has no key';
    throw new SegtideError(
      'input',
      `the record at ${context.source} offset ${offset} ${found}; with several partitions the producer must key records by the mapped customer field. Where a customer's records are known to be in one partition all the same, set \`input.keyed: trust\` (where state was written before, with another consumer group and another output.topicPrefix)`,
      { context: { ...context, offset } },
    );
  }
}
