import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { createRecordBuffer } from '../../../src/service/record-buffer.js';
import { type RepartitionParts, repartitionPartition } from '../../../src/service/worker/repartition-partition.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { createPartitionFeed } from '../../../src/transport/kafka/partition-feed.js';
import { createRecordQueue } from '../../../src/transport/kafka/record-queue.js';
import { USAGE_MAPPING, upTo, usageRecords } from '../../support/kafka/usage.js';
import { fetchedRecords } from '../../transport/kafka/kafka-records.js';

const RECORDS = usageRecords(10).map(({ value }) => value);
const OPTIONS = { to: 'keyed', commitEveryMs: 1, outageMs: 60_000 };

/** An input of ten records and what its group has committed, shared by those who copy it one after the other. */
function createInput(committed: bigint | undefined) {
  const input = { committed, copies: [] as number[] };
  const copy = (records: RepartitionRecords, next: bigint): void => {
    for (const { value } of records) input.copies.push(JSON.parse(String(value)).v);
    input.committed = next;
  };
  return { input, copy };
}

type RepartitionRecords = readonly { readonly value: unknown }[];

/** Copies the input until all of it was, by the writers given. */
async function copyAll(
  { input }: ReturnType<typeof createInput>,
  openWriter: RepartitionParts['openWriter'],
): Promise<void> {
  const queue = createRecordQueue<string>();
  const partition = createPartitionFeed(0, ['unkeyed'], queue, {
    start(feed, offsets) {
      // As a group's reader begins.
      const from = offsets.get('unkeyed') ?? input.committed ?? 0n;
      feed.moveTo('unkeyed', from);
      feed.fetched('unkeyed', fetchedRecords(RECORDS.slice(Number(from)), Number(from)), 10n);
    },
    taken: () => {},
    isHeld: () => false,
  });
  await repartitionPartition(OPTIONS, {
    partition,
    openWriter,
    committed: async () => input.committed,
    values: createJsonValues(USAGE_MAPPING),
    outputs: createRecordBuffer({ topicOf: (output) => output, format: 'json' }),
    clock: { now: () => performance.now() },
    isStopped: () => partition.next('unkeyed') === 10n,
  });
}

describe('a partition that is copied', () => {
  it('begins after what its former owner commits while it is taken over', async () => {
    const shared = createInput(2n);
    await copyAll(shared, async () => {
      // The former owner's last commit: the new writer ends what comes after.
      shared.copy(
        RECORDS.slice(2, 5).map((value) => ({ value })),
        5n,
      );
      return { write: async (outputs, next) => shared.copy(outputs.get('keyed') ?? [], next), close: async () => {} };
    });
    expect(shared.input.copies).toEqual(upTo(10).slice(2));
    expect(shared.input.committed).toBe(10n);
  });

  it.each([
    ['took effect', true],
    ['did not', false],
  ])('is copied once where nobody knows whether a commit took effect, and it %s', async (_, tookEffect) => {
    const shared = createInput(undefined);
    let writers = 0;
    await copyAll(shared, async () => {
      const isFirst = writers++ === 0;
      return {
        async write(outputs, next) {
          if (!isFirst || tookEffect) shared.copy(outputs.get('keyed') ?? [], next);
          if (isFirst) throw new SegtideError('transport', 'the link broke', { retriable: true });
        },
        close: async () => {},
      };
    });
    expect(writers).toBe(2);
    expect(shared.input.copies).toEqual(upTo(10));
  });

  it('is given up where another process has copied it on', async () => {
    const shared = createInput(undefined);
    const copying = copyAll(shared, async () => ({
      async write() {
        shared.input.committed = 7n;
        throw new SegtideError('transport', 'the link broke', { retriable: true });
      },
      close: async () => {},
    }));
    await expect(copying).rejects.toMatchObject({ code: 'fenced' });
    expect(shared.input.copies).toEqual([]);
  });
});
