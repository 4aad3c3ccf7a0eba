import { describe, expect, it } from 'vitest';
import { readVraeShape } from '../../../src/encode/vrae/read-vrae-shape.js';
import { shapeOf } from './vrae-batches.js';

const shape = shapeOf({ steps: 7, channels: 2, hidden: 5, latent: 3 });

describe('readVraeShape', () => {
  it('gives a shape back after JSON', () => {
    expect(readVraeShape(JSON.parse(JSON.stringify(shape)))).toEqual(shape);
  });

  it.each([
    ['hidden', 0],
    ['steps', 1.5],
    ['cell', 'rnn'],
    ['bidirectional', 'no'],
    ['decoder', 'x'],
    ['output', ''],
    ['initialState', 1],
  ])('refuses a shape whose %s is %j', (name, value) => {
    expect(() => readVraeShape({ ...shape, [name]: value })).toThrow(`shape.${name} is ${value}`);
  });

  it.each([[undefined], [null], ['x'], [{}]])('refuses %j', (nothing) => {
    expect(() => readVraeShape(nothing)).toThrow(expect.objectContaining({ code: 'state' }));
  });
});
