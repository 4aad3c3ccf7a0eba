import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { samplingWeights } from '../../src/worker/sampling-weights.js';
import { clusterModelOf, embeddingsOf } from '../cluster/embeddings.js';

const MODEL = clusterModelOf([[0], [10]], { weights: Float64Array.of(995, 5) });

describe('samplingWeights', () => {
  it('weighs windows of a rare segment, and those without a segment not', () => {
    const weightOf = samplingWeights(assign(MODEL, embeddingsOf([[1], [9], [Number.NaN]])), 0.01);
    expect([0, 1, 2].map(weightOf)).toEqual([1, 2, 1]);
  });

  it('weighs nothing without a model or a floor', () => {
    expect(samplingWeights(undefined, 0.01)(0)).toBe(1);
    expect(samplingWeights(assign(MODEL, embeddingsOf([[9]])), 0)(0)).toBe(1);
  });
});
