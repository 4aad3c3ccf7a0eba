/** A member of a consumer group, and the partitions that it says are its. */
export interface AssignmentMember {
  readonly id: string;
  readonly owned: readonly number[];
  /** Since which generation of the group it has them. Of two that claim the same partition the newer is right. */
  readonly generation: number;
}

/**
 * Deals partitions 0 to `count` - 1 to members: each gets as many as any other or one more or less, and as few as can be
 * change hands. The same members in any order give the same assignment.
 *
 * @returns by member id, ascending
 */
export function assignPartitions(
  members: readonly AssignmentMember[],
  count: number,
): ReadonlyMap<string, readonly number[]> {
  const assignment = claims(members, count);
  const least = Math.floor(count / members.length);
  let larger = count % members.length;
  const free: number[] = unclaimed(assignment, count);
  const short: { readonly owned: number[]; readonly room: number }[] = [];
  // Who has most keeps most: the larger shares go where they spare a move.
  const byClaims = [...assignment.values()].sort((a, b) => b.length - a.length);
  for (const owned of byClaims) {
    const share = larger-- > 0 ? least + 1 : least;
    if (owned.length > share) free.push(...owned.splice(share));
    else if (owned.length < share) short.push({ owned, room: share - owned.length });
  }
  free.sort((a, b) => a - b);
  let next = 0;
  for (const { owned, room } of short) {
    owned.push(...free.slice(next, next + room));
    owned.sort((a, b) => a - b);
    next += room;
  }
  return assignment;
}

/** What each member may keep if the shares allow; every partition has one claim at most. */
function claims(members: readonly AssignmentMember[], count: number): Map<string, number[]> {
  const inOrder = [...members].sort((a, b) => b.generation - a.generation || (a.id < b.id ? -1 : 1));
  const claimed = new Set<number>();
  const kept = new Map<string, number[]>();
  for (const { id, owned } of inOrder) {
    const mine = [...new Set(owned)].filter((partition) => partition < count && !claimed.has(partition));
    for (const partition of mine) claimed.add(partition);
    kept.set(
      id,
      mine.sort((a, b) => a - b),
    );
  }
  return kept;
}

function unclaimed(kept: ReadonlyMap<string, readonly number[]>, count: number): number[] {
  const claimed = new Set([...kept.values()].flat());
  return Array.from({ length: count }, (_, partition) => partition).filter((partition) => !claimed.has(partition));
}
