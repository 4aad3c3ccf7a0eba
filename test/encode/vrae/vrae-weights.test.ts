import { describe, expect, it } from 'vitest';
import { createParameters } from '../../../src/encode/vrae/initial-parameters.js';
import { toLayout } from '../../../src/encode/vrae/vrae-layout.js';
import { fromTensors, toTensors, toWeights } from '../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../src/numeric/random.js';
import { shapeOf } from './vrae-batches.js';

const shape = shapeOf({
  steps: 7,
  channels: 2,
  viewSize: 4,
  hidden: 5,
  latent: 3,
  cell: 'gru',
  depth: 2,
  bidirectional: true,
});
const weights = toWeights(shape, createParameters(shape, createRandom(1)));

describe('the layout of parameters', () => {
  it('names every tensor with its size, without gaps', () => {
    const { tensors, count } = toLayout(shape);
    expect(tensors.map(({ name, shape: size }) => `${name} ${size.join('x')}`)).toEqual([
      'encoder.0.weights 15x8',
      'encoder.0.recurrent-bias 5',
      'encoder.0.reverse.weights 15x8',
      'encoder.0.reverse.recurrent-bias 5',
      'encoder.1.weights 15x16',
      'encoder.1.recurrent-bias 5',
      'encoder.1.reverse.weights 15x16',
      'encoder.1.reverse.recurrent-bias 5',
      'posterior.weights 6x14',
      'posterior.bias 6',
      'initial.weights 10x3',
      'initial.bias 10',
      'decoder.0.weights 15x6',
      'decoder.0.recurrent-bias 5',
      'decoder.1.weights 15x11',
      'decoder.1.recurrent-bias 5',
      'output.weights 2x5',
      'output.bias 2',
    ]);
    let end = 0;
    for (const { start, length } of tensors) {
      expect(start).toBe(end);
      end += length;
    }
    expect(count).toBe(end);
  });

  it('feeds an autoregressive decoder the channels', () => {
    const { decoder } = toLayout(
      shapeOf({ steps: 7, channels: 2, hidden: 5, latent: 3, cell: 'lstm', decoder: 'autoregressive' }),
    );
    expect(decoder).toMatchObject([{ inputs: 2, length: 20 * 8 }]);
  });
});

describe('weights as tensors', () => {
  it('come back the same, in any order, as copies', () => {
    const tensors = toTensors(weights).toReversed();
    const copy = fromTensors(shape, tensors);
    expect(copy).toEqual(weights);
    expect(copy.values.buffer).not.toBe(weights.values.buffer);
  });

  it('are refused when one is missing, strange, twice there, or of another size', () => {
    const tensors = toTensors(weights);
    const [first, ...others] = tensors;
    const refused = expect.objectContaining({ code: 'state' });
    expect(() => fromTensors(shape, others)).toThrow(/no tensor encoder\.0\.weights of \(15, 8\)/);
    expect(() => fromTensors(shape, [...tensors, { ...first!, name: 'x' }])).toThrow(/its shape has no tensor x/);
    expect(() => fromTensors(shape, [...tensors, first!])).toThrow(/twice/);
    expect(() => fromTensors(shape, [{ ...first!, shape: [8, 15] }, ...others])).toThrow(refused);
    expect(() => fromTensors(shape, [{ ...first!, values: first!.values.subarray(1) }, ...others])).toThrow(refused);
  });
});

describe('createParameters', () => {
  it('starts forget gates at one, all other biases at zero, and the rest within the bounds of its block', () => {
    const of = shapeOf({ steps: 7, channels: 2, hidden: 5, latent: 3, cell: 'lstm' });
    const tensors = new Map(
      toTensors(toWeights(of, createParameters(of, createRandom(1)))).map(({ name, values }) => [name, values]),
    );
    const decoder = tensors.get('decoder.0.weights')!;
    const biases = Array.from({ length: 20 }, (_, i) => decoder[i * 6 + 5]);
    expect(biases).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(Array.from(tensors.get('output.bias')!)).toEqual([0, 0]);
    const bound = Math.sqrt(6 / 10);
    const largest = Math.max(...decoder.filter((_, i) => i % 6 !== 5).map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(largest).toBeGreaterThan(0.9 * bound);
  });

  it('starts uniform where asked, biases too, those of gates as sums of two', () => {
    const of = shapeOf({ steps: 7, channels: 2, hidden: 25, latent: 3, cell: 'gru' });
    const tensors = new Map(
      toTensors(toWeights(of, createParameters(of, createRandom(1), 'uniform'))).map(({ name, values }) => [
        name,
        values,
      ]),
    );
    const decoder = tensors.get('decoder.0.weights')!;
    const biases = (from: number, to: number): number =>
      Math.max(...Array.from({ length: to - from }, (_, i) => Math.abs(decoder[(from + i) * 26 + 25]!)));
    expect(Math.max(...decoder.filter((_, i) => i % 26 !== 25).map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.2));
    expect(biases(0, 50)).toBeGreaterThan(0.25);
    expect(biases(0, 50)).toBeLessThanOrEqual(Math.fround(0.4));
    expect(biases(50, 75)).toBeLessThanOrEqual(Math.fround(0.2));
    for (const name of ['decoder.0.recurrent-bias', 'output.bias']) {
      expect(Math.max(...tensors.get(name)!.map(Math.abs))).toBeGreaterThan(0);
    }
  });
});
