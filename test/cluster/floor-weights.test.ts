import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floorWeights } from '../../src/cluster/floor-weights.js';

const weigh = (weights: readonly number[], floor: number): readonly number[] => [
  ...floorWeights({ k: weights.length, weights: Float64Array.from(weights) }, floor),
];

describe('floorWeights', () => {
  it('weighs a rare segment up to the floor, and no other', () => {
    // Of 1,000 windows: 0.4 % to 1 %, 1 % as it is.
    expect(weigh([696, 290, 10, 4], 0.01)).toEqual([1, 1, 1, 2.5]);
  });

  it('counts a window ten times at most, of a segment without windows too', () => {
    expect(weigh([9999, 1, 0], 0.01)).toEqual([1, 10, 10]);
  });

  it('has no floor above a quarter of the sample for all segments together', () => {
    // With five segments a floor is 5 % at most.
    expect(weigh([480, 480, 20, 10, 10], 1)).toEqual([1, 1, 2.5, 5, 5]);
  });

  it('weighs nothing without a floor, or where nothing was learnt', () => {
    expect(weigh([1000, 1, 0], 0)).toEqual([1, 1, 1]);
    expect(weigh([0, 0], 0.1)).toEqual([1, 1]);
  });

  it('leaves at least four fifths of a weighted sample to the stream, whatever the shares', () => {
    const share = fc.oneof(
      fc.constant(0),
      fc.double({ min: 1e-9, max: 1, noNaN: true }),
      fc.double({ min: 1e-9, max: 1e-3, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shares, floor) => {
          const total = shares.reduce((sum, one) => sum + one, 0);
          fc.pre(total > 0);
          const weighted = weigh(shares, floor).reduce((sum, weight, j) => sum + weight * (shares[j]! / total), 0);
          expect(weighted).toBeGreaterThanOrEqual(1 - 1e-12);
          expect(1 / weighted).toBeGreaterThanOrEqual(0.8 - 1e-12);
        },
      ),
    );
  });
});
