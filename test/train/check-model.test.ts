import { describe, expect, it } from 'vitest';
import { checkModel } from '../../src/train/check-model.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import type { ModelArtifact } from '../../src/train/model-artifact.js';
import { smallModels } from '../support/small-models.js';

const [trained] = await smallModels(1);
const model = decodeArtifact(trained!.artifact);

describe('checkModel', () => {
  it('accepts a model that was trained', () => {
    expect(() => checkModel(model)).not.toThrow();
  });

  it('refuses weights that are not finite', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const [name, tensor] = Object.entries(model.encoder.tensors)[0]!;
      const values = Float32Array.from(tensor.values).with(3, bad);
      const tensors = { ...model.encoder.tensors, [name]: { ...tensor, values } };
      refuses({ encoder: { ...model.encoder, tensors } }, /holds numbers that are not finite/);
    }
    refuses(
      { clusterModel: { ...model.clusterModel, centroids: model.clusterModel.centroids.with(0, Number.NaN) } },
      /finite/,
    );
  });

  it('refuses an encoder for other series', () => {
    const header = { ...(model.encoder.header as object), steps: 13 };
    refuses(
      { encoder: { ...model.encoder, header } },
      /its encoder takes series of 13 × 1 \(steps × channels\), and they have 8 × 1/,
    );
  });

  it('refuses an encoder whose tensors are of another shape', () => {
    const header = { ...(model.encoder.header as object), hidden: 5 };
    refuses({ encoder: { ...model.encoder, header } }, /it needs /);
  });

  it('refuses centroids of other embeddings, and segments without a name', () => {
    const { clusterModel } = model;
    refuses({ clusterModel: { ...clusterModel, size: 99 } }, /and its centroids have 99/);
    refuses({ clusterModel: { ...clusterModel, segmentIds: ['s1'] } }, /it has 1 segment ids and 3 centroids/);
  });

  it('refuses series that no settings give, and a scale of other channels', () => {
    refuses({ series: { ...model.series, steps: 0 } }, /must be a whole number/);
    refuses({ scale: { centers: [0, 0], scales: [1, 1] } }, /its scale is for other channels/);
  });
});

function refuses(change: Partial<ModelArtifact>, why: RegExp): void {
  const refused = expect.objectContaining({ code: 'state', message: expect.stringMatching(why) });
  expect(() => checkModel({ ...model, ...change })).toThrow(refused);
}
