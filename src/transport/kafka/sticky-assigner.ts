import type { PartitionAssigner } from 'kafkajs';
import { type AssignmentMember, assignPartitions } from './sticky-assignment.js';

/** What this member tells the group that it has. */
export interface Ownership {
  readonly partitions: readonly number[];
  readonly generation: number;
}

/**
 * Assigns partition p of all topics to one member, and leaves partitions where they are as far as balance allows. All
 * members of a group must read the same topics by this assigner.
 *
 * @param owned asked whenever this member joins
 */
export async function createStickyAssigner(owned: () => Ownership): Promise<PartitionAssigner> {
  const { AssignerProtocol } = await import('kafkajs');
  const { MemberMetadata, MemberAssignment } = AssignerProtocol;
  return ({ cluster }) => ({
    name: 'segtide-sticky',
    version: 1,
    protocol: ({ topics }) => ({
      name: 'segtide-sticky',
      metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.from(JSON.stringify(owned())) }),
    }),
    async assign({ members, topics }) {
      const counts = topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length] as const);
      const assigned = assignPartitions(
        members.map(({ memberId, memberMetadata }) => toMember(memberId, MemberMetadata.decode(memberMetadata))),
        Math.max(...counts.map(([, count]) => count)),
      );
      return Array.from(assigned, ([memberId, partitions]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 1,
          assignment: Object.fromEntries(
            counts.map(([topic, count]) => [topic, partitions.filter((partition) => partition < count)]),
          ),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

/** What can't be read is no claim: whoever wrote it is dealt partitions like a newcomer. */
function toMember(id: string, metadata: { readonly userData: Buffer } | null): AssignmentMember {
  const claim = readClaim(metadata?.userData);
  return { id, owned: claim?.partitions ?? [], generation: claim?.generation ?? -1 };
}

function readClaim(userData: Buffer | undefined): Ownership | undefined {
  let claim: Partial<Ownership> | null;
  try {
    claim = JSON.parse(String(userData));
  } catch {
    return undefined;
  }
  const { partitions, generation } = claim ?? {};
  const readable = Array.isArray(partitions) && partitions.every((p) => Number.isSafeInteger(p) && p >= 0);
  return readable && Number.isSafeInteger(generation) ? { partitions, generation: generation! } : undefined;
}
