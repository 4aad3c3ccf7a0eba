import { describe, expect, it } from 'vitest';
import { resolveSeries } from '../../src/series/series-settings.js';
import { adoptModel } from '../../src/train/adopt-model.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { SMALL, smallModels } from '../support/small-models.js';

const { model: settings } = SMALL.trainer;

describe('adoptModel', () => {
  it('takes over a model whose windows were cut elsewhere, under its own name', async () => {
    const [, trained] = await smallModels(1, 2);
    const model = { ...decodeArtifact(trained!.artifact), seriesHash: 'elsewhere' };
    const { champion, ...rest } = adoptModel(model, settings);
    expect(rest).toEqual({ modelVersion: model.modelVersion, number: 2, nextSegmentNumber: 4 });
    expect(decodeArtifact(champion.artifact)).toEqual({ ...model, seriesHash: settings.seriesHash });
    expect(champion.clusterModel).toEqual(model.clusterModel);
  });

  it('never gives an id again that the model knows, of segments that retired as well', async () => {
    const [trained] = await smallModels(1);
    const model = decodeArtifact(trained!.artifact);
    const retired = { segmentId: 's17', kind: 'retired', parents: [], children: [] } as const;
    const known = { ...model, lineage: [...model.lineage, retired] } as unknown as typeof model;
    expect(adoptModel(known, settings).nextSegmentNumber).toBe(18);
  });

  it('refuses a model of other windows or series, and says in what they differ', async () => {
    const [trained] = await smallModels(1);
    const model = decodeArtifact(trained!.artifact);
    const series = resolveSeries({ scale: 'max', scope: 'own' }, 24, 2);
    expect(() => adoptModel(model, { ...settings, series })).toThrow(
      expect.objectContaining({
        code: 'state',
        message: `Model ${model.modelVersion} was made for other windows or series: series.scale is zscore in the model and max here; series.scope is global in the model and own here; window.steps is 8 in the model and 24 here; the number of channels is 1 in the model and 2 here; the length of a series is 8 in the model and 24 here. Set these as for the model, or train anew.`,
      }),
    );
  });
});
