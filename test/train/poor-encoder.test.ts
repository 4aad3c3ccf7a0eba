import { describe, expect, it } from 'vitest';
import { poorEncoder } from '../../src/train/poor-encoder.js';

describe('poorEncoder', () => {
  it('says by how much the mean would do better', () => {
    expect(poorEncoder(6.6, 1)).toMatch(
      /come back with an error of 6\.6, and the mean of all would have one of 1\. Lower/,
    );
  });

  it.each([
    [0.2, 1],
    [1.09, 1],
    // Windows that are all alike.
    [1e-6, 0],
    [null, 1],
  ])('has nothing to say of an error of %j where the mean has %j', (error, byMean) => {
    expect(poorEncoder(error, byMean)).toBeUndefined();
  });
});
