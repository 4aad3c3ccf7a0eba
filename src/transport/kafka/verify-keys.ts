import type { KafkaMessage } from 'kafkajs';
import { type ErrorContext, SegtideError } from '../../errors.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';

/**
 * Checks that the key of each event's record is the customer id: only then are all events of a customer in one
 * partition, in order.
 *
 * @throws SegtideError `input` with topic, partition and offset; the customer is not named
 */
export function verifyKeys(
  batch: UsageBatch,
  records: readonly KafkaMessage[],
  recordOf: Uint32Array,
  context: ErrorContext,
): void {
  for (let i = 0; i < batch.length; i++) {
    const { key, offset } = records[recordOf[i]!]!;
    if (key !== null && isId(batch, i, key)) continue;
    const found = key === null ? 'has no key' : 'has a key that is not the customer id';
    throw new SegtideError(
      'input',
      `the record at ${context.source} offset ${offset} ${found}; with several partitions the producer must key records by the mapped customer field. Where a customer's records are known to be in one partition all the same, set \`keyed: trust\``,
      { context: { ...context, offset: BigInt(offset) } },
    );
  }
}

function isId({ idBytes, idStarts, idEnds }: UsageBatch, i: number, key: Buffer): boolean {
  const start = idStarts[i]!;
  if (idEnds[i]! - start !== key.length) return false;
  for (let j = 0; j < key.length; j++) if (key[j] !== idBytes[start + j]) return false;
  return true;
}
