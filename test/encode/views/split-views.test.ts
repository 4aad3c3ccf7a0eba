import { describe, expect, it } from 'vitest';
import { splitViews } from '../../../src/encode/views/split-views.js';

describe('splitViews', () => {
  it('gives each view its own columns of all windows, and none to one that says nothing', () => {
    const views = [
      { offset: 0, size: 2 },
      { offset: 2, size: 0 },
      { offset: 2, size: 1 },
    ];
    expect(splitViews({ size: 3, views }, Float32Array.of(1, 2, 3, 4, 5, 6))).toEqual([
      { size: 2, values: Float32Array.of(1, 2, 4, 5) },
      { size: 0, values: new Float32Array(0) },
      { size: 1, values: Float32Array.of(3, 6) },
    ]);
  });
});
