import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AssignmentMember, assignPartitions } from '../../../src/transport/kafka/sticky-assignment.js';

const member = (id: string, owned: readonly number[] = [], generation = 1): AssignmentMember => ({
  id,
  owned,
  generation,
});
const assign = (members: readonly AssignmentMember[], count: number) =>
  Object.fromEntries(assignPartitions(members, count));

/** Members with claims of any sort, some of them of partitions that others claim too or that are none. */
const members = (most: number, count: number) =>
  fc
    .array(fc.record({ owned: fc.array(fc.nat({ max: count + 1 })), generation: fc.integer({ min: -1, max: 3 }) }), {
      minLength: 1,
      maxLength: most,
    })
    .map((all) => all.map(({ owned, generation }, i) => member(`m${i}`, owned, generation)));

describe('sticky assignment', () => {
  it('deals all partitions of a new group in equal shares', () => {
    expect(assign([member('a'), member('b'), member('c')], 8)).toEqual({ a: [0, 1, 2], b: [3, 4, 5], c: [6, 7] });
  });

  it('moves two of eight when a fourth member joins three', () => {
    const before = [member('a', [0, 1, 2]), member('b', [3, 4, 5]), member('c', [6, 7])];
    expect(assign([...before, member('d', [], -1)], 8)).toEqual({ a: [0, 1], b: [3, 4], c: [6, 7], d: [2, 5] });
  });

  it('gives what a member that left had to those with least', () => {
    expect(assign([member('a', [0, 1]), member('b', [3])], 4)).toEqual({ a: [0, 1], b: [2, 3] });
  });

  it('believes the newer of two claims: a member that was away has lost what others were given', () => {
    const away = member('a', [0, 1, 2, 3], 4);
    const given = member('b', [2, 3], 6);
    expect(assign([away, given], 4)).toEqual({ a: [0, 1], b: [2, 3] });
    expect(assign([member('a', [0, 1], 4), member('b', [0, 1], 6)], 4)).toEqual({ a: [2, 3], b: [0, 1] });
  });

  it('leaves members without partitions where there are more members than partitions', () => {
    expect(assign([member('a'), member('b', [0]), member('c')], 1)).toEqual({ a: [], b: [0], c: [] });
  });

  it('is balanced within one, and gives every partition to one member', () => {
    fc.assert(
      fc.property(members(9, 40), fc.nat({ max: 40 }), (all, count) => {
        const shares = [...assignPartitions(all, count).values()];
        expect(shares.length).toBe(all.length);
        expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        const sizes = shares.map((share) => share.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('leaves as many partitions with their owners as any balanced assignment can', () => {
    fc.assert(
      fc.property(members(4, 7), fc.integer({ min: 0, max: 7 }), (all, count) => {
        const owners = ownersOf(all, count);
        const stays = (share: ReadonlyMap<string, readonly number[]>) =>
          [...share].reduce((sum, [id, own]) => sum + own.filter((partition) => owners[partition] === id).length, 0);
        expect(stays(assignPartitions(all, count))).toBe(mostThatStay(all, owners));
      }),
    );
  });

  it('is the same whatever order the members come in, and whatever older claims say', () => {
    fc.assert(
      fc.property(members(5, 12), fc.nat({ max: 12 }), (all, count) => {
        const assignment = assign(all, count);
        expect(assign([...all].reverse(), count)).toEqual(assignment);
        const owners = ownersOf(all, count);
        const rightful = all.map(({ id, generation }) => {
          const owned = owners.flatMap((owner, partition) => (owner === id ? [partition] : []));
          return member(id, owned, generation);
        });
        expect(assign(rightful, count)).toEqual(assignment);
      }),
    );
  });
});

/** Of each partition the member whose claim is the newest; the first by id among equals. */
function ownersOf(all: readonly AssignmentMember[], count: number): (string | undefined)[] {
  return Array.from({ length: count }, (_, partition) => {
    const claiming = all.filter(({ owned }) => owned.includes(partition));
    const newest = Math.max(...claiming.map(({ generation }) => generation));
    return claiming.find(({ generation }) => generation === newest)?.id;
  });
}

/** By trying every way to deal the larger shares. */
function mostThatStay(all: readonly AssignmentMember[], owners: readonly (string | undefined)[]): number {
  const least = Math.floor(owners.length / all.length);
  const larger = owners.length % all.length;
  let most = 0;
  for (let choice = 0; choice < 1 << all.length; choice++) {
    const isLarger = all.map((_, i) => (choice >> i) & 1);
    if (isLarger.reduce((a, b) => a + b, 0) !== larger) continue;
    const stay = all.map(({ id }, i) => Math.min(least + isLarger[i]!, owners.filter((owner) => owner === id).length));
    most = Math.max(
      most,
      stay.reduce((a, b) => a + b, 0),
    );
  }
  return most;
}
