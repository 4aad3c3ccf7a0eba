import { beforeAll, describe, expect, it } from 'vitest';
import { PROJECTED_VIEWS } from '../../src/encode/encoder-kind.js';
import type { EncoderModel, VraeModel } from '../../src/encode/encoder-model.js';
import { fitViews } from '../../src/encode/views/fit-views.js';
import { createJsEngine } from '../../src/encode/vrae/engines/js/js-engine.js';
import { decodeSafetensors, encodeSafetensors, type Tensors } from '../../src/numeric/safetensors.js';
import { fromEncoderTensors, toEncoderTensors } from '../../src/train/encoder-tensors.js';
import { createUsage, plainScale } from '../encode/views/view-windows.js';
import { viewModel } from '../support/view-models.js';

let model: VraeModel;
beforeAll(async () => {
  model = await viewModel();
});

/** What a file holds, to be damaged at will. */
interface Stored {
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that tests take apart
  readonly header: any;
  readonly tensors: Record<string, Tensors[string]>;
}

/** Through a file and JSON. */
function store(of: EncoderModel): Stored {
  const { header, tensors } = toEncoderTensors(of);
  const file = encodeSafetensors({ tensors, metadata: { header: JSON.stringify(header) } });
  const read = decodeSafetensors(file);
  return { kind: of.kind, header: JSON.parse(read.metadata.header!), tensors: { ...read.tensors } };
}

describe('toEncoderTensors and fromEncoderTensors', () => {
  it('bring an encoder with views back to the bit', () => {
    expect(fromEncoderTensors(store(model))).toEqual(model);
  });

  it('bring one without views back, with the tensors of the VRAE alone', () => {
    const plain = { ...model, viewMap: undefined };
    const stored = store(plain);
    expect(Object.keys(stored.tensors).filter((name) => /^(views|map)\./.test(name))).toEqual([]);
    expect(stored.header).not.toHaveProperty('viewMap');
    expect(fromEncoderTensors(stored)).toEqual(plain);
  });

  it.each(['raw', 'features', 'rocket', 'dtw'] as const)('bring one of kind %s back, without a VRAE', async (kind) => {
    const options = { kinds: [PROJECTED_VIEWS[kind]], scale: plainScale(1), seed: 1 };
    const projected = { kind, views: await fitViews(createUsage(40, 12), options, createJsEngine()) };
    const stored = store(projected);
    expect(Object.keys(stored.tensors).every((name) => name.startsWith('views.'))).toBe(true);
    expect(fromEncoderTensors(stored)).toEqual(projected);
    stored.header.views = [];
    expect(() => fromEncoderTensors(stored)).toThrow(expect.objectContaining({ code: 'state' }));
    expect(() => fromEncoderTensors({ ...stored, kind: 'oracle' })).toThrow('no encoder of kind oracle');
  });

  it('bring back a view that tells nothing, with its reason', async () => {
    const { views, ...rest } = model.viewMap!;
    const [first, ...others] = views.views;
    const none = {
      ...first!,
      size: 0,
      degenerate: 'all are alike',
      projection: undefined,
      kernels: undefined,
    };
    const kept = others.map((view) => ({ ...view, offset: view.offset - first!.size }));
    const size = views.size - first!.size;
    const map = { ...rest.map, inputs: size, landmarks: rest.map.landmarks.slice(0, rest.map.length * size) };
    const degenerate = {
      ...model,
      viewMap: { views: { ...views, size, views: [none, ...kept] }, weights: [0, ...rest.weights.slice(1)], map },
    };
    expect(fromEncoderTensors(store(degenerate))).toEqual(degenerate);
  });

  it.each<[string, (stored: Stored) => void, RegExp]>([
    ['a map of no landmarks', ({ header }) => (header.viewMap.map.length = 0), /the map's sizes are 0 × /],
    ['a map of half a neighbour', ({ header }) => (header.viewMap.map.neighbours = 0.5), /the map's sizes are/],
    [
      'a map of other inputs',
      ({ header }) => (header.viewMap.map.inputs += 1),
      /the map takes \d+ numbers, and the views give \d+/,
    ],
    ['too few weights', ({ header }) => header.viewMap.weights.pop(), /4 views have the weights \[/],
    ['a negative weight', ({ header }) => (header.viewMap.weights[1] = -1), /4 views have the weights \[/],
    ['a weight that is no number', ({ header }) => (header.viewMap.weights[1] = null), /4 views have the weights \[/],
    ['no weights', ({ header }) => delete header.viewMap.weights, /4 views have the weights undefined/],
    ['no map', ({ header }) => delete header.viewMap.map, /the map's sizes are/],
    ['a header of views that is text', ({ header }) => (header.viewMap = 'views'), /can't be read/],
    ['no views', ({ header }) => delete header.viewMap.views, /can't be read/],
    ['no places', ({ tensors }) => delete tensors['map.places'], /map.places is not of shape 60 × 8/],
    [
      'landmarks of another shape',
      ({ tensors }) => (tensors['map.landmarks'] = tensors['map.places']!),
      /map.landmarks is not of shape/,
    ],
    [
      'places that are not finite',
      ({ tensors }) => (tensors['map.places']!.values[3] = Number.NaN),
      /map.places holds numbers that are not finite/,
    ],
    ['a view without means', ({ tensors }) => delete tensors['views.profile.means'], /can't be read/],
  ])('refuse %s in words', (_, damage, message) => {
    const stored = store(model);
    damage(stored);
    const refused = { name: 'SegtideError', code: 'state', message: expect.stringMatching(message) };
    expect(() => fromEncoderTensors(stored)).toThrow(expect.objectContaining(refused));
  });
});
