import { describe, expect, it } from 'vitest';
import type { LabelCounts } from '../../src/cluster/label-counts.js';
import { frameSnapshot, unframeSnapshot } from '../../src/numeric/framed-snapshot.js';
import { createLabelAgreement, type LabelAgreementSnapshot } from '../../src/trainer/label-agreement.js';

const KIND = { name: 'agreement', format: 1 };

/** Windows of pairs of a label and a segment. */
function counts(...cells: readonly (readonly [label: number, segment: string, count: number])[]): LabelCounts {
  return {
    windows: cells.reduce((sum, [, , count]) => sum + count, 0),
    hasMore: false,
    labels: Int32Array.from(cells, ([label]) => label),
    segments: cells.map(([, segment]) => segment),
    counts: Float64Array.from(cells, ([, , count]) => count),
  };
}

describe('agreement with labels', () => {
  it('is that of all lessons under the model in force, and none before the first', () => {
    const agreement = createLabelAgreement();
    expect([agreement.scores, agreement.windows, agreement.snapshot()]).toEqual([undefined, 0, undefined]);
    agreement.observe(counts([1, 's1', 3], [2, 's2', 1]));
    expect(agreement.scores).toEqual({
      windows: 4,
      labels: 2,
      leftOut: 0,
      adjustedRandIndex: 1,
      normalizedMutualInformation: 1,
    });
    agreement.observe(counts([2, 's1', 2]));
    // Pairs together 3 + 1 + 0 = 4, by label 3 + 3, by segment 10 + 0, of 15: (4 - 6·10/15) / (8 - 6·10/15) = 0.
    expect(agreement.scores).toMatchObject({ windows: 6, adjustedRandIndex: 0 });
    agreement.beginAnew();
    expect([agreement.scores, agreement.windows]).toEqual([undefined, 6]);
    agreement.observe(counts([1, 's7', 2], [2, 's8', 2]));
    expect([agreement.scores!.adjustedRandIndex, agreement.windows]).toEqual([1, 10]);
  });

  it('forgets windows of long ago, and never the last 50,000', () => {
    const agreement = createLabelAgreement();
    agreement.observe(counts([1, 's1', 30_000], [1, 's2', 30_000]));
    agreement.observe(counts([1, 's1', 20_000], [2, 's2', 29_999]));
    expect(agreement.scores!.windows).toBe(109_999);
    agreement.observe(counts([1, 's1', 1]));
    expect(agreement.scores).toMatchObject({ windows: 50_000, adjustedRandIndex: 1 });
    expect(agreement.windows).toBe(110_000);
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    const whole = createLabelAgreement();
    let from: LabelAgreementSnapshot | undefined;
    for (let i = 0; i < 12; i++) {
      const lesson = counts([1 + (i % 3), `s${i % 2}`, 9000 + i]);
      whole.observe(lesson);
      const resumed = createLabelAgreement(undefined, from);
      resumed.observe(lesson);
      expect(resumed.scores).toEqual(whole.scores);
      // As the state of a trainer is stored.
      from = unframeSnapshot(KIND, frameSnapshot(KIND, resumed.snapshot()!)) as LabelAgreementSnapshot;
    }
    expect(from).toEqual(whole.snapshot());
  });

  it('tells once of more labels than are told apart, and how many windows it leaves out', () => {
    const told: string[] = [];
    const agreement = createLabelAgreement((text) => told.push(text));
    const many = (from: number) => counts(...Array.from({ length: 200 }, (_, i) => [from + i, 's1', 2] as const));
    agreement.observe(many(1));
    expect(told).toEqual([]);
    agreement.observe(many(101));
    agreement.observe(many(101));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('256');
    expect(agreement.scores).toMatchObject({ labels: 256, leftOut: 44 * 4, windows: 1200 - 44 * 4 });
  });
});
