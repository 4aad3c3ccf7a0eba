import { expect } from 'vitest';
import { createParameters } from '../../../src/encode/vrae/initial-parameters.js';
import { toLayout } from '../../../src/encode/vrae/vrae-layout.js';
import type { TrainingBatch, VraeNetwork } from '../../../src/encode/vrae/vrae-network.js';
import type { VraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../../../src/numeric/random.js';

/** Parameters off the symmetric start, so that no gradient is zero by accident. */
export function unsettledParameters(shape: VraeShape, seed = 3): Float64Array {
  const random = createRandom(seed);
  return createParameters(shape, random).map((parameter) => parameter + 0.1 * random.normal());
}

/** Central differences of fourth order of the loss, in every parameter. */
export function numericGradient(
  network: VraeNetwork,
  batch: TrainingBatch,
  parameters: Float64Array,
  step = 1e-3,
): Float64Array {
  const unused = new Float64Array(parameters.length);
  const difference = (i: number, by: number): number => {
    const at = (value: number): number => {
      network.load(parameters.with(i, value));
      return network.differentiate(batch, unused).loss;
    };
    return (at(parameters[i]! + by) - at(parameters[i]! - by)) / (2 * by);
  };
  return parameters.map((_, i) => (4 * difference(i, step) - difference(i, 2 * step)) / 3);
}

/** Norm of the difference over the norm, tensor by tensor; absolute for a tensor that has no gradient. */
export function relativeErrors(
  shape: VraeShape,
  got: ArrayLike<number>,
  expected: Float64Array,
): { readonly name: string; readonly error: number }[] {
  expect(got.length).toBe(expected.length);
  return toLayout(shape).tensors.map(({ name, start, length }) => {
    let difference = 0;
    let norm = 0;
    for (let i = start; i < start + length; i++) {
      difference += (got[i]! - expected[i]!) ** 2;
      norm += expected[i]! ** 2;
    }
    return { name, error: Math.sqrt(difference) / (norm < 1e-16 ? 1 : Math.sqrt(norm)) };
  });
}
