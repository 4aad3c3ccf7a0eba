import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resolveEncoder } from '../../../src/encode/encoder-options.js';
import { fromPretrainedFile, toPretrainedFile } from '../../../src/encode/pretrained/pretrained-file.js';
import { pretrainedWeights } from '../../../src/encode/pretrained/pretrained-weights.js';
import { trainVrae } from '../../../src/encode/vrae/train-vrae.js';
import { toVraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../../../src/numeric/random.js';

describe('the weights that ship with the package', () => {
  it('fit the default encoder, windows of any length and several channels', () => {
    const settings = resolveEncoder();
    for (const [steps, channels] of [
      [2, 1],
      [24, 1],
      [1000, 3],
    ] as const) {
      const shape = toVraeShape(settings, { steps, channels });
      expect(pretrainedWeights(shape)?.weights.shape).toEqual(shape);
    }
    expect(pretrainedWeights(toVraeShape(resolveEncoder({ hidden: 64 }), { steps: 24, channels: 1 }))).toBeUndefined();
  });

  it('are no more than 2 MB, and the same after a way through a file', () => {
    expect(statSync('config/pretrained.safetensors').size).toBeLessThan(2e6);
    const weights = pretrainedWeights(toVraeShape(resolveEncoder(), { steps: 24, channels: 1 }))!.weights;
    expect(fromPretrainedFile(toPretrainedFile(weights))).toEqual(weights);
  });

  it('reconstruct hours of work better than new ones do after as many updates', () => {
    const random = createRandom(3);
    const [length, steps] = [100, 24];
    const values = new Float32Array(length * steps);
    for (let i = 0; i < length; i++) {
      const [begin, height] = [6 + random.below(8), 1 + random.next()];
      for (let t = 0; t < steps; t++) {
        const level = t >= begin && t < begin + 8 ? height : -0.5;
        values[i * steps + t] = level + 0.2 * random.normal();
      }
    }
    const series = { length, steps, channels: 1, values, mask: new Uint8Array(values.length) };
    const settings = { ...resolveEncoder({ engine: 'js', updates: 60 }) };
    const initial = pretrainedWeights(toVraeShape(settings, series))?.weights;
    const errors = [initial, undefined].map(
      (begin) => trainVrae({ settings, series, initial: begin }).heldOutReconstruction,
    );
    expect(errors[0]).toBeLessThan(0.8 * errors[1]!);
  });
});
