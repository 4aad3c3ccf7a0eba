import { expect, it } from 'vitest';
import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import { toTransitionRecords } from '../../src/publish/transition-record.js';
import { assignedWindows } from './assigned-windows.js';

const history = {
  previousSegmentIds: ['s1', 's3', 's2'],
  previousModelVersions: ['v1', 'v1', 'v1'],
  previousMargins: new Float32Array(3),
  changed: [0, 1, 2],
};

it('does not call it behaviour where a segment began or ended between two models', () => {
  const model: Pick<ClusterModel, 'modelVersion' | 'segmentIds' | 'born'> = {
    modelVersion: 'v1',
    segmentIds: ['s1', 's2', 's4'],
    born: ['s4'],
  };
  // s1 → s2 as ever; s3 has ended; s4 is new.
  const rows = [1, 1, 2].map((nearest, customer) => ({ customer, start: 0, nearest }));
  const { assignments } = assignedWindows(rows, model);
  const records = toTransitionRecords(assignments!, history, 'windowEnd');
  expect(records.map(({ from, to, cause }) => [from, to, cause])).toEqual([
    ['s1', 's2', 'behaviour'],
    ['s3', 's2', 'both'],
    ['s2', 's4', 'both'],
  ]);
});
