import { expect, it } from 'vitest';
import { drawnCurves } from '../../../src/service/view/api/drawn-curves.js';

it('windows of one step are drawn over their channels, longer ones each channel over its steps', () => {
  const oneStep = { prototype: [[1], [null], [3]], bandLow: [[0], [1], [2]], bandHigh: [[2], [3], [4]], decoded: null };
  expect(drawnCurves(oneStep)).toEqual({
    ...{ over: 'channel', prototype: [[1, null, 3]], bandLow: [[0, 1, 2]], bandHigh: [[2, 3, 4]], decoded: null },
  });
  expect(drawnCurves({ ...oneStep, decoded: [[7], [8], [9]] }).decoded).toEqual([[7, 8, 9]]);
  const twoSteps = {
    prototype: [
      [1, 2],
      [3, 4],
    ],
    bandLow: [],
    bandHigh: [],
    decoded: [
      [1, 2],
      [3, 4],
    ],
  };
  expect(drawnCurves(twoSteps)).toEqual({ over: 'step', ...twoSteps });
  const oneChannel = { prototype: [[1]], bandLow: [[0]], bandHigh: [[2]], decoded: null };
  expect(drawnCurves(oneChannel)).toEqual({ over: 'step', ...oneChannel });
});
