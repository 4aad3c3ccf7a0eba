import { describe, expect, it } from 'vitest';
import { matchSegments } from '../../src/cluster/match-segments.js';
import { NO_CENTROID } from '../../src/cluster/refit-centroids.js';
import { createRandom } from '../../src/numeric/random.js';
import { formerMembership } from '../../src/train/former-membership.js';

type Event = 'none' | 'split' | 'merged' | 'born' | 'retired';

interface Case {
  readonly customers: number[];
  readonly ends: number[];
  /** What the model before says of each window; it puts a kind that it never saw into one that it knows. */
  readonly before: number[];
  readonly next: number[];
}

const FITTED_AT = 4;
const K = 5;

/**
 * Customers' windows in eight waves, the model before fitted to the first four. Since then a third of segment 0 does what
 * nobody did (`split`), 12 % of all do (`born`), segments 0 and 1 have been told apart for nothing (`merged`), or the
 * customers of segment 0 do what those of the others do (`retired`). 5 % of the windows lie in another segment by chance.
 */
function plant(event: Event, seed: number): Case {
  const random = createRandom(seed);
  const rows: Case = { customers: [], ends: [], before: [], next: [] };
  for (let customer = 0; customer < 400; customer++) {
    const kind = random.below(K);
    const turns = event === 'split' ? kind === 0 && random.next() < 0.4 : event === 'born' && random.next() < 0.12;
    const elsewhere = 1 + random.below(K - 1);
    for (let end = 1; end <= 8; end++) {
      const since = end > FITTED_AT;
      // Old windows of a segment that retired have left the sample.
      if (event === 'retired' && kind === 0 && !since) continue;
      let [was, is] = [kind, kind];
      if (turns && since) [was, is] = [0, K];
      if (event === 'retired' && kind === 0) [was, is] = [elsewhere, elsewhere];
      if (event === 'merged' && is === 1) is = 0;
      if (random.next() < 0.05)
        is = event === 'merged' ? 2 + random.below(K - 2) : (event === 'retired' ? 1 : 0) + random.below(K - 1);
      rows.customers.push(customer);
      rows.ends.push(end);
      rows.before.push(was);
      rows.next.push(is);
    }
  }
  return rows;
}

async function lineageOf({ customers, ends, before, next }: Case): Promise<Record<string, string>> {
  const used = [...new Set(next)].sort((a, b) => a - b);
  const memberships = { before: Uint16Array.from(before), next: Uint16Array.from(next, (j) => used.indexOf(j)) };
  const windows = { customers: Uint32Array.from(customers), ends: Float64Array.from(ends) };
  const match = await matchSegments(
    { segmentIds: ['s1', 's2', 's3', 's4', 's5'], membership: formerMembership(windows, memberships, FITTED_AT) },
    { k: used.length, membership: memberships.next },
    K + 1,
  );
  return Object.fromEntries(match.lineage.map(({ segmentId, kind }) => [segmentId, kind]));
}

const RIGHT: Record<Event, (kinds: Record<string, string>) => boolean> = {
  none: ({ s1, s2 }) => s1 === 'same' && s2 === 'same',
  split: ({ s1, s6 }) => s1 === 'split' && s6 === 'split',
  merged: ({ s1, s2 }) => s1 === 'merged' && s2 === 'merged',
  born: ({ s1, s6 }) => s6 === 'born' && s1 === 'same',
  retired: ({ s1 }) => s1 === 'retired',
};

describe('formerMembership', () => {
  it.each(Object.keys(RIGHT) as Event[])(
    'lets lineage say %s where it was planted after the model before was fitted',
    async (event) => {
      let right = 0;
      for (let seed = 0; seed < 50; seed++) {
        const kinds = await lineageOf(plant(event, seed));
        const others = ['s3', 's4', 's5'].every((id) => kinds[id] === 'same');
        if (RIGHT[event](kinds) && others) right++;
      }
      expect(right).toBeGreaterThanOrEqual(48);
    },
  );

  it('leaves alone a segment that changed as a whole, and windows without any from before', () => {
    const windows = {
      customers: Uint32Array.from({ length: 80 }, (_, i) => i % 40),
      ends: Float64Array.from({ length: 80 }, (_, i) => (i < 40 ? 1 : 2)),
    };
    const before = new Uint16Array(80);
    // All of what was one segment does something else now.
    const next = Uint16Array.from({ length: 80 }, (_, i) => (i < 40 ? NO_CENTROID : 0));
    expect(formerMembership(windows, { before, next }, 1)).toBe(before);
    expect(formerMembership(windows, { before, next: new Uint16Array(80) }, 0)).toBe(before);
  });
});
