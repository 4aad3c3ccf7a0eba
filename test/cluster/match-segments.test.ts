import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchSegments } from '../../src/cluster/match-segments.js';
import { NO_CENTROID } from '../../src/cluster/refit-centroids.js';
import { createRandom } from '../../src/numeric/random.js';

const rows = (...labels: readonly [label: number, times: number][]): Uint16Array =>
  Uint16Array.from(labels.flatMap(([label, times]) => new Array<number>(times).fill(label)));

const kinds = (match: Awaited<ReturnType<typeof matchSegments>>): Record<string, string> =>
  Object.fromEntries(match.lineage.map((entry) => [entry.segmentId, entry.kind]));

describe('matchSegments', () => {
  it('names the segments of a first model s1, s2 … and calls them born', async () => {
    const match = await matchSegments(undefined, { k: 2, membership: rows([0, 3], [1, 2]) }, 1);
    expect(match.segmentIds).toEqual(['s1', 's2']);
    expect(match.nextSegmentNumber).toBe(3);
    expect(kinds(match)).toEqual({ s1: 'born', s2: 'born' });
  });

  it('carries ids over when the centroids only changed places', async () => {
    const before = { segmentIds: ['s1', 's2', 's3'], membership: rows([0, 5], [1, 5], [2, 5]) };
    const match = await matchSegments(before, { k: 3, membership: rows([2, 5], [0, 5], [1, 5]) }, 4);
    expect(match.segmentIds).toEqual(['s2', 's3', 's1']);
    expect(kinds(match)).toEqual({ s1: 'same', s2: 'same', s3: 'same' });
    expect(match.nextSegmentNumber).toBe(4);
  });

  it('gives the larger part of a split the id and the other a new one, both with their parent', async () => {
    const before = { segmentIds: ['s1', 's2'], membership: rows([0, 10], [1, 10]) };
    const match = await matchSegments(before, { k: 3, membership: rows([0, 4], [1, 6], [2, 10]) }, 3);
    expect(match.segmentIds).toEqual(['s3', 's1', 's2']);
    expect(kinds(match)).toEqual({ s1: 'split', s2: 'same', s3: 'split' });
    expect(match.lineage[0]!.from).toEqual([{ segmentId: 's1', share: 1 }]);
    expect(match.lineage[1]!.into).toEqual([
      { segmentId: 's1', share: 0.6 },
      { segmentId: 's3', share: 0.4 },
    ]);
    expect(match.lineage[1]!.overlap).toBe(0.6);
  });

  it('calls a new segment a split of the one that most of it comes from, however small a part of that it is', async () => {
    const before = { segmentIds: ['s1', 's2'], membership: rows([0, 100], [1, 10]) };
    // 5 rows of s1 and none of s2: a twentieth of s1, which stays the same.
    const split = await matchSegments(before, { k: 3, membership: rows([0, 95], [2, 5], [1, 10]) }, 3);
    expect(kinds(split)).toEqual({ s1: 'same', s2: 'same', s3: 'split' });
    // 5 rows of s1 and 5 of s2: of no one more than half.
    const born = await matchSegments(before, { k: 3, membership: rows([0, 95], [2, 10], [1, 5]) }, 3);
    expect(kinds(born)).toEqual({ s1: 'same', s2: 'same', s3: 'born' });
  });

  it('ends the smaller part of a merge in the larger', async () => {
    const before = { segmentIds: ['s1', 's2', 's3'], membership: rows([0, 4], [1, 6], [2, 10]) };
    const match = await matchSegments(before, { k: 2, membership: rows([0, 10], [1, 10]) }, 4);
    expect(match.segmentIds).toEqual(['s2', 's3']);
    expect(kinds(match)).toEqual({ s1: 'merged', s2: 'merged', s3: 'same' });
    expect(match.lineage.at(-1)).toEqual({
      segmentId: 's1',
      kind: 'merged',
      from: [],
      into: [{ segmentId: 's2', share: 1 }],
      overlap: 0,
    });
  });

  it('calls a segment born whose rows the model before could not place, and retired one without rows', async () => {
    const before = { segmentIds: ['s1', 's2'], membership: rows([0, 10], [NO_CENTROID, 8]) };
    const match = await matchSegments(before, { k: 2, membership: rows([0, 10], [1, 8]) }, 3);
    expect(match.segmentIds).toEqual(['s1', 's3']);
    expect(kinds(match)).toEqual({ s1: 'same', s3: 'born', s2: 'retired' });
  });

  it('calls a carried id moved when half of the members changed', async () => {
    const before = { segmentIds: ['s1', 's2'], membership: rows([0, 10], [1, 10]) };
    const match = await matchSegments(before, { k: 2, membership: rows([0, 7], [1, 3], [0, 5], [1, 5]) }, 3);
    expect(kinds(match)).toMatchObject({ s1: 'moved' });
  });

  it('never hands out an id twice over any sequence of models', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        const random = createRandom(seed);
        let former: { segmentIds: readonly string[]; membership: Uint16Array } | undefined;
        let number = 1;
        const retired = new Set<string>();
        for (let step = 0; step < 6; step++) {
          const k = 1 + random.below(5);
          const membership = Uint16Array.from({ length: 40 }, () => random.below(k));
          const match = await matchSegments(former, { k, membership }, number);
          expect(new Set(match.segmentIds).size).toBe(k);
          for (const id of match.segmentIds) expect(retired.has(id)).toBe(false);
          for (const id of former?.segmentIds ?? []) if (!match.segmentIds.includes(id)) retired.add(id);
          former = { segmentIds: match.segmentIds, membership };
          number = match.nextSegmentNumber;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('maximises the total overlap, as trying every one-to-one assignment does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 1e6 }),
        async (k0, k1, seed) => {
          const random = createRandom(seed);
          const a = Uint16Array.from({ length: 30 }, () => random.below(k0));
          const b = Uint16Array.from({ length: 30 }, () => random.below(k1));
          const ids = Array.from({ length: k0 }, (_, i) => `s${i + 1}`);
          const match = await matchSegments({ segmentIds: ids, membership: a }, { k: k1, membership: b }, k0 + 1, {
            carryOverlap: 1e-9,
          });
          const overlap = (i: number, j: number): number => {
            let both = 0;
            let either = 0;
            for (let r = 0; r < 30; r++) {
              if (a[r] === i && b[r] === j) both++;
              if (a[r] === i || b[r] === j) either++;
            }
            return either === 0 ? 0 : both / either;
          };
          const best = (i: number, used: number): number => {
            if (i === k0) return 0;
            let most = best(i + 1, used);
            for (let j = 0; j < k1; j++) {
              if ((used >> j) & 1) continue;
              most = Math.max(most, overlap(i, j) + best(i + 1, used | (1 << j)));
            }
            return most;
          };
          let got = 0;
          match.segmentIds.forEach((id, j) => {
            const i = ids.indexOf(id);
            if (i >= 0) got += overlap(i, j);
          });
          expect(got).toBeCloseTo(best(0, 0), 9);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('tells planted splits, merges, births and deaths apart in at least 95 % of 400 noisy cases', async () => {
    const random = createRandom(7);
    let right = 0;
    const cases = 400;
    for (let n = 0; n < cases; n++) {
      const kind = (['split', 'merged', 'born', 'retired'] as const)[n % 4]!;
      const k = 4 + random.below(3);
      const before: number[] = [];
      const after: number[] = [];
      // Segment 0 is the one that changes; 5 % of the rows change segment for no reason.
      for (let row = 0; row < 1000; row++) {
        const noisy = random.next() < 0.05;
        let i = random.below(k);
        let j = i;
        if (kind === 'split' && i === 0 && random.next() < 0.4) j = k;
        if (kind === 'merged' && i === 1) j = 0;
        if (kind === 'born' && random.next() < 0.08) {
          i = NO_CENTROID;
          j = k;
        }
        if (kind === 'retired' && i === 0) continue;
        before.push(i);
        after.push(noisy ? random.below(k) : j);
      }
      const nextK = kind === 'split' || kind === 'born' ? k + 1 : k;
      const segmentIds = Array.from({ length: k }, (_, i) => `s${i + 1}`);
      // A death leaves no rows, so the next model has one centroid fewer; squeeze the labels together.
      const used = [...new Set(after)].sort((a, b) => a - b);
      const squeeze = kind === 'merged' || kind === 'retired';
      const relabel = squeeze ? used.filter((u) => u !== (kind === 'merged' ? 1 : 0)) : used;
      const membership = Uint16Array.from(after, (label) => Math.max(0, relabel.indexOf(label)));
      const match = await matchSegments(
        { segmentIds, membership: Uint16Array.from(before) },
        { k: squeeze ? relabel.length : nextK, membership },
        k + 1,
      );
      const found = kinds(match);
      const fresh = `s${k + 1}`;
      const ok =
        kind === 'split'
          ? found.s1 === 'split' && found[fresh] === 'split'
          : kind === 'merged'
            ? found.s1 === 'merged' && found.s2 === 'merged'
            : kind === 'born'
              ? found[fresh] === 'born'
              : found.s1 === 'retired';
      const untouched = segmentIds.slice(2).every((id) => found[id] === 'same');
      if (ok && untouched) right++;
    }
    expect(right / cases).toBeGreaterThanOrEqual(0.95);
  });

  it('refuses a counter that would hand out an id again, in words', async () => {
    const before = { segmentIds: ['s7'], membership: rows([0, 2]) };
    await expect(matchSegments(before, { k: 1, membership: rows([0, 2]) }, 7)).rejects.toThrow(/never reused.*s7/);
  });
});
