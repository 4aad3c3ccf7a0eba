import { describe, expect, it } from 'vitest';
import { createParameters } from '../../../src/encode/vrae/initial-parameters.js';
import { fromArtifact, toArtifact } from '../../../src/encode/vrae/vrae-artifact.js';
import { toWeights } from '../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../src/numeric/random.js';
import { shapeOf } from './vrae-batches.js';

const shape = shapeOf({ steps: 7, channels: 2, hidden: 5, latent: 3 });
const weights = toWeights(shape, createParameters(shape, createRandom(1)));

describe('the artifact of VRAE weights', () => {
  it('comes back the same after JSON', () => {
    const { header, values } = toArtifact(weights);
    // 20 x 8 + 6 x 6 + 5 x 4 + 20 x 6 + 2 x 6
    expect(values.length).toBe(348);
    expect(fromArtifact(JSON.parse(JSON.stringify(header)), values)).toEqual(weights);
  });

  it('holds copies: later changes to its values do not reach the weights', () => {
    const { header, values } = toArtifact(weights);
    const copy = fromArtifact(header, values);
    values.fill(0);
    expect(copy).toEqual(weights);
  });

  it('is refused when header or values are damaged, or of another format', () => {
    const { header, values } = toArtifact(weights);
    const refused = expect.objectContaining({ code: 'state' });
    expect(() => fromArtifact(header, values.subarray(1))).toThrow(/should have 348 values, got 347/);
    expect(() => fromArtifact({ ...header, formatVersion: 1 }, values)).toThrow(/format version is 1.*reads 2/);
    expect(() => fromArtifact({ ...header, tensors: header.tensors.toReversed() }, values)).toThrow(refused);
    expect(() => fromArtifact({ ...header, extra: 1 }, values)).toThrow(refused);
    const wrong = {
      hidden: 0,
      steps: 1.5,
      cell: 'rnn',
      bidirectional: 'no',
      decoder: 'x',
      output: '',
      initialState: 1,
    };
    for (const [name, value] of Object.entries(wrong)) {
      expect(() => fromArtifact({ ...header, shape: { ...shape, [name]: value } }, values)).toThrow(
        `shape.${name} is ${value}`,
      );
    }
    for (const nothing of [undefined, null, 'x', {}]) expect(() => fromArtifact(nothing, values)).toThrow(refused);
  });
});
