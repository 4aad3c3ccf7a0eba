import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex, adjustedRandIndexOf } from '../../src/cluster/adjusted-rand-index.js';
import { assign } from '../../src/cluster/assign.js';
import { createLabelTally, type LabelCounts, MOST_LABELS, toContingency } from '../../src/cluster/label-counts.js';
import {
  normalizedMutualInformation,
  normalizedMutualInformationOf,
} from '../../src/cluster/normalized-mutual-information.js';
import { windowBatch } from '../worker/window-batches.js';
import { clusterModelOf, embeddingsOf } from './embeddings.js';

/** Two centroids, at 0 and at 10. */
const MODEL = clusterModelOf([[0], [10]]);

/** Windows with a label that lie at a place. */
function assigned(rows: readonly (readonly [label: number, place: number])[]) {
  const windows = windowBatch(
    rows.map(() => ({ customer: 'a' })),
    { labels: Int32Array.from(rows, ([label]) => label) },
  );
  return assign(
    MODEL,
    embeddingsOf(
      rows.map(([, place]) => [place]),
      windows,
    ),
  );
}

describe('counts of labels', () => {
  it('say how often each label came to each segment, and give ARI and NMI', () => {
    const tally = createLabelTally();
    // Of five windows of label -3 four are in the first segment, of three of label 5 all in the second; 0 is no label.
    tally.count(
      assigned([
        [-3, 0],
        [-3, 1],
        [-3, 2],
        [-3, 1],
        [-3, 9],
        [0, 9],
        [0, 1],
      ]),
    );
    tally.count(
      assigned([
        [5, 10],
        [5, 8],
        [5, 11],
      ]),
    );
    const counts = tally.counts();
    const [first, second] = MODEL.segmentIds;
    expect(counts).toEqual({
      windows: 8,
      hasMore: false,
      labels: Int32Array.of(-3, -3, 5),
      segments: [first, second, second],
      counts: Float64Array.of(4, 1, 3),
    });
    const counted = toContingency(counts);
    // Pairs together 6 + 0 + 3 = 9, by label 10 + 3 = 13, by segment 6 + 6 = 12, of 28: (9 - 13·12/28) / (12.5 - 13·12/28).
    expect(adjustedRandIndexOf(counted)).toBeCloseTo((9 - 156 / 28) / (12.5 - 156 / 28), 12);
    // H(segment) = ln 2; H(label) = -5/8 ln 5/8 - 3/8 ln 3/8; I = 1/2 ln 8/5 + 1/8 ln 2/5 + 3/8 ln 2.
    const information = 0.5 * Math.log(8 / 5) + Math.log(2 / 5) / 8 + (3 / 8) * Math.log(2);
    const entropies = Math.log(2) - (5 / 8) * Math.log(5 / 8) - (3 / 8) * Math.log(3 / 8);
    expect(normalizedMutualInformationOf(counted)).toBeCloseTo(information / (entropies / 2), 12);
  });

  it('leave out windows that teach nothing or have no place', () => {
    const rows = [
      { customer: 'a', revision: 1 },
      { customer: 'a', final: false },
      { customer: 'a', evicted: true },
      { customer: 'a' },
    ];
    const windows = windowBatch(rows, { labels: Int32Array.of(1, 1, 1, 1) });
    const tally = createLabelTally();
    tally.count(assign(MODEL, embeddingsOf([[0], [0], [0], [Number.NaN]], windows)));
    expect(tally.windows).toBe(0);
  });

  it('are the same whoever counted what, in whichever order it is merged, and give what the windows themselves do', () => {
    const row = fc.tuple(fc.integer({ min: -4, max: 4 }), fc.constantFrom(0, 10));
    const parts = fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.nat()), (all, order) => {
        const whole = createLabelTally();
        whole.count(assigned(all.flat()));
        const counted = all.map((part) => {
          const tally = createLabelTally();
          tally.count(assigned(part));
          return { counts: structuredClone(tally.counts()), at: order.next().value! };
        });
        // Each is merged into what the one before left to a restart.
        const merged = counted
          .toSorted((a, b) => a.at - b.at)
          .reduce<LabelCounts>((before, { counts }) => {
            const tally = createLabelTally(structuredClone(before));
            tally.merge(counts);
            return tally.counts();
          }, createLabelTally().counts());
        expect(merged).toEqual(whole.counts());
        const labelled = all.flat().filter(([label]) => label !== 0);
        if (labelled.length === 0) return;
        const contingency = toContingency(merged);
        const [labels, places] = [labelled.map(([label]) => label), labelled.map(([, place]) => place)];
        expect(adjustedRandIndexOf(contingency)).toBeCloseTo(adjustedRandIndex(labels, places), 9);
        expect(normalizedMutualInformationOf(contingency)).toBeCloseTo(normalizedMutualInformation(labels, places), 9);
      }),
    );
  });

  it('tell so many labels apart, the same ones whatever the order, and count each of those from its first window on', () => {
    const rows = Array.from(
      { length: 3 * MOST_LABELS },
      (_, i) => [((i * 7919) % (3 * MOST_LABELS)) - 300, 0] as const,
    );
    const usual = rows.map(([label, place]) => [label >= 0 ? label + 1 : label, place] as const);
    const forward = createLabelTally();
    const backward = createLabelTally();
    for (const part of [usual.slice(0, 400), usual.slice(400), usual]) forward.count(assigned(part));
    backward.count(assigned(usual));
    const other = createLabelTally();
    other.count(assigned(usual.toReversed()));
    backward.merge(other.counts());
    expect(backward.counts()).toEqual(forward.counts());
    const { labels, counts, windows, hasMore } = forward.counts();
    expect([...labels]).toEqual(Array.from({ length: MOST_LABELS }, (_, i) => i - 300));
    expect(new Set(counts)).toEqual(new Set([2]));
    expect([windows, hasMore]).toEqual([6 * MOST_LABELS, true]);
  });
});
