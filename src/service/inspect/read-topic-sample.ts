import { randomUUID } from 'node:crypto';
import { SegtideError } from '../../errors.js';
import { openKafka } from '../../transport/kafka/kafka-connection.js';
import { createTopicReader } from '../../transport/kafka/topic-reader.js';
import { describeTopic } from '../../transport/kafka/topics.js';
import type { Config } from '../config/schema.js';
import { toConnection } from '../run/to-connection.js';
import { formatCount } from '../summary/format.js';
import { type FlatRecord, flatten, MOST_RECORDS, type Sample } from './sample.js';

/** A topic whose end does not come is not waited for any longer. */
const PATIENCE_MS = 60_000;

/**
 * Reads the newest records of a topic with JSON values, as many of each partition and 400,000 at most; nothing is
 * committed.
 *
 * @throws SegtideError `input` when there is no such topic, or it is empty; `transport` when it can't be read
 */
export async function readTopicSample(topic: string, { input }: Config): Promise<Sample> {
  const kafka = await openKafka(await toConnection(input.kafka!));
  const ranges = await describeTopic(kafka, topic);
  const most = BigInt(Math.floor(MOST_RECORDS / Math.max(1, ranges.length)));
  const records: FlatRecord[] = [];
  const keys: (string | null)[] = [];
  let unreadable = 0;
  let whole = true;
  const reader = await createTopicReader(kafka, { groupId: input.kafka!.groupId, topics: [topic], newId: randomUUID });
  try {
    for (const { partition, low, high } of ranges) {
      if (high === low) continue;
      const from = high - low > most ? high - most : low;
      whole &&= from === low;
      await reader.read(
        topic,
        partition,
        from,
        (fetched, next) => {
          for (const { key, value } of fetched) {
            const record = value === null ? undefined : parse(value);
            if (record === undefined) unreadable++;
            else {
              records.push(record);
              keys.push(key === null ? null : key.toString());
            }
          }
          return next >= high;
        },
        AbortSignal.timeout(PATIENCE_MS),
      );
    }
  } finally {
    await reader.close();
  }
  if (records.length === 0 && unreadable > 0) {
    throw new SegtideError('input', `no value of the topic ${topic} is a JSON object; Avro is not inspected`, {
      context: { topic },
    });
  }
  const extent = `${whole ? 'all' : 'the newest'} ${formatCount(records.length)} records of ${ranges.length} partitions`;
  return { name: topic, kind: 'topic', format: 'json', records, unreadable, whole, extent, keys };
}

function parse(value: Buffer): FlatRecord | undefined {
  try {
    const read: unknown = JSON.parse(value.toString());
    return read === null || typeof read !== 'object' || Array.isArray(read) ? undefined : flatten(read);
  } catch {
    return undefined;
  }
}
