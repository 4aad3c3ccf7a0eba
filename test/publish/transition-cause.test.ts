import { expect, it } from 'vitest';
import { toTransitionRecords } from '../../src/publish/transition-record.js';
import { assignedWindows } from './assigned-windows.js';

const MODEL = { modelVersion: 'v1', segmentIds: ['s1', 's2', 's4'], born: ['s4'] };
const history = {
  previousSegmentIds: ['s1', 's3', 's2', 's1'],
  previousModelVersions: ['v1', 'v1', 'v1', 'v1'],
  previousMargins: new Float32Array(4),
  changed: [0, 1, 2, 3],
};
/** s1 → s2 as ever; s3 has ended; s4 is new. */
const { assignments } = assignedWindows(
  [1, 1, 2, 2].map((nearest, customer) => ({ customer, start: 0, nearest })),
  MODEL,
);
const causes = (regrouped: readonly number[], verdict?: (row: number) => string | null) =>
  toTransitionRecords(assignments, { ...history, regrouped: new Set(regrouped) }, 'windowEnd', verdict).map(
    ({ cause }) => cause,
  );

it('does not call it behaviour where a segment began or ended since the window before', () => {
  expect(causes([1, 2])).toEqual(['behaviour', 'both', 'both', 'behaviour']);
});

it("calls it the model's doing where the centroids before would have left the customer", () => {
  const former = ['s1', 's3', 's1', 's1'];
  expect(causes([0, 1, 2, 3], (row) => former[row]!)).toEqual(['model', 'model', 'both', 'model']);
  expect(causes([0], () => 's2')[0]).toBe('behaviour');
});
