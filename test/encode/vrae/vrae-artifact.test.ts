import { describe, expect, it } from 'vitest';
import { fromArtifact, toArtifact } from '../../../src/encode/vrae/vrae-artifact.js';
import { createParameters, parameterCount, toParameters, toWeights } from '../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../src/numeric/random.js';

const shape = { steps: 7, channels: 2, hidden: 5, latent: 3 };
const weights = toWeights(shape, createParameters(shape, createRandom(1)));

describe('the artifact of VRAE weights', () => {
  it('comes back the same after JSON', () => {
    const { header, values } = toArtifact(weights);
    // 20 x 8 + 6 x 6 + 5 x 4 + 20 x 6 + 2 x 6
    expect(values.length).toBe(348);
    expect(parameterCount(shape)).toBe(348);
    expect(fromArtifact(JSON.parse(JSON.stringify(header)), values)).toEqual(weights);
    expect(toWeights(shape, toParameters(weights))).toEqual(weights);
  });

  it('holds copies: later changes to its values do not reach the weights', () => {
    const { header, values } = toArtifact(weights);
    const copy = fromArtifact(header, values);
    values.fill(0);
    expect(copy).toEqual(weights);
  });

  it('is refused when header or values are damaged', () => {
    const { header, values } = toArtifact(weights);
    const refused = expect.objectContaining({ code: 'state' });
    expect(() => fromArtifact(header, values.subarray(1))).toThrow(refused);
    expect(() => fromArtifact({ ...header, formatVersion: 2 }, values)).toThrow(refused);
    expect(() => fromArtifact({ ...header, cell: 'gru' }, values)).toThrow(refused);
    expect(() => fromArtifact({ ...header, matrices: header.matrices.toReversed() }, values)).toThrow(refused);
    expect(() => fromArtifact({ ...header, shape: { ...shape, hidden: 0 } }, values)).toThrow(/shape.hidden is 0/);
    for (const nothing of [undefined, null, 'x', {}]) expect(() => fromArtifact(nothing, values)).toThrow(refused);
  });
});

describe('createParameters', () => {
  it('starts forget gates at one, all other biases at zero, and the rest within the bounds of its block', () => {
    const { decoder, output } = toWeights(shape, createParameters(shape, createRandom(1)));
    const biases = Array.from({ length: 20 }, (_, i) => decoder[i * 6 + 5]);
    expect(biases).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([output[5], output[11]]).toEqual([0, 0]);
    const bound = Math.sqrt(6 / 10);
    const largest = Math.max(...decoder.filter((_, i) => i % 6 !== 5).map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(largest).toBeGreaterThan(0.9 * bound);
  });
});
