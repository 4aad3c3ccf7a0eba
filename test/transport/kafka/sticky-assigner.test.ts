import { AssignerProtocol, type Cluster, type Logger, type PartitionAssigner } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createStickyAssigner, type Ownership } from '../../../src/transport/kafka/sticky-assigner.js';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/** An assigner in a cluster of these topics, by their partition counts. */
async function assignerOf(counts: Record<string, number>, owned: Ownership = { partitions: [], generation: -1 }) {
  const create: PartitionAssigner = await createStickyAssigner(() => owned);
  const findTopicPartitionMetadata = (topic: string) => Array.from({ length: counts[topic]! });
  return create({ cluster: { findTopicPartitionMetadata } as unknown as Cluster, groupId: 'g', logger: {} as Logger });
}

async function assign(counts: Record<string, number>, metadata: Record<string, Buffer>) {
  const assigner = await assignerOf(counts);
  const members = Object.entries(metadata).map(([memberId, memberMetadata]) => ({ memberId, memberMetadata }));
  const assigned = await assigner.assign({ members, topics: Object.keys(counts) });
  return Object.fromEntries(
    assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      { ...MemberAssignment.decode(memberAssignment)!.assignment },
    ]),
  );
}

async function metadataOf(owned?: Ownership): Promise<Buffer> {
  return (await assignerOf({}, owned)).protocol({ topics: ['usage'] }).metadata;
}

describe('sticky assigner', () => {
  it('gives the same partition of all topics to one member, who keeps what it says it has', async () => {
    const members = { a: await metadataOf(), b: await metadataOf({ partitions: [0, 1], generation: 3 }) };
    expect(await assign({ usage: 4, prices: 4 }, members)).toEqual({
      a: { usage: [2, 3], prices: [2, 3] },
      b: { usage: [0, 1], prices: [0, 1] },
    });
  });

  it('gives out partitions that only some topics have', async () => {
    expect(await assign({ usage: 3, prices: 1 }, { a: await metadataOf() })).toEqual({
      a: { usage: [0, 1, 2], prices: [0] },
    });
  });

  it.each(['', 'no JSON', 'null', '[1]', '{"partitions":["0"],"generation":1}', '{"partitions":[0]}'])(
    'takes a claim that can not be read for none: %j',
    async (claim) => {
      const userData = Buffer.from(claim);
      const members = {
        a: MemberMetadata.encode({ version: 1, topics: ['usage'], userData }),
        b: await metadataOf({ partitions: [0], generation: 1 }),
      };
      expect(await assign({ usage: 2 }, members)).toEqual({ a: { usage: [1] }, b: { usage: [0] } });
    },
  );
});
