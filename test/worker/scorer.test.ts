import { beforeAll, describe, expect, it } from 'vitest';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { createScorer, type Scored, type Scorer } from '../../src/worker/scorer.js';
import { SMALL, smallModels, smallWindows } from '../support/small-models.js';

const { series, seriesHash } = SMALL.trainer.model;
const WINDOWS = smallWindows();
let first: Awaited<ReturnType<typeof smallModels>>[number];
let second: typeof first;

beforeAll(async () => {
  [first, second] = (await smallModels(1, 9)) as [typeof first, typeof first];
});

describe('a scorer', () => {
  it('assigns nothing while there is no model, and still says which windows are inactive', async () => {
    const scorer = createScorer(series, seriesHash);
    const windows = { ...WINDOWS, values: new Float32Array(WINDOWS.values.length) };
    const scored = await scorer.score(windows);
    expect(scorer.modelVersion).toBeNull();
    expect(scored.assignments).toBeUndefined();
    expect(scored.series.inactive.every((inactive) => inactive === 1)).toBe(true);
    expect((await scorer.score(WINDOWS)).series.inactive.every((inactive) => inactive === 0)).toBe(true);
  });

  it('takes a model into force from the next batch on', async () => {
    const scorer = createScorer(series, seriesHash);
    await scorer.apply(first.record);
    expect(scorer.modelVersion).toBe(first.modelVersion);
    const before = await scorer.score(WINDOWS);
    await scorer.apply(second.record);
    const after = await scorer.score(WINDOWS);
    expect(before.assignments!.model.modelVersion).toBe(first.modelVersion);
    expect(after.assignments!.model.modelVersion).toBe(second.modelVersion);
    expect(after.assignments!.embeddings.embeddings).not.toEqual(before.assignments!.embeddings.embeddings);
  });

  it('scores a batch with one version, though another one comes while it does', async () => {
    const scorer = createScorer(series, seriesHash);
    await scorer.apply(first.record);
    const alone = await scorer.score(WINDOWS);
    const scoring = scorer.score(WINDOWS);
    await scorer.apply(second.record);
    expect(valuesOf(await scoring)).toEqual(valuesOf(alone));
  });

  it('moves centroids within a version, and ignores those of another one', async () => {
    const scorer = createScorer(series, seriesHash);
    await scorer.apply(first.record);
    await scorer.apply({ kind: 'centroids', cluster: moved(first) });
    expect((await scorer.score(WINDOWS)).assignments!.model.centroidEpoch).toBe(1);
    await scorer.apply({ kind: 'centroids', cluster: moved(second) });
    const { model } = (await scorer.score(WINDOWS)).assignments!;
    expect([model.modelVersion, model.centroids]).toEqual([first.modelVersion, moved(first).centroids]);
  });

  it('ignores centroids while there is no model', async () => {
    const scorer = createScorer(series, seriesHash);
    await scorer.apply({ kind: 'centroids', cluster: moved(first) });
    expect((await scorer.score(WINDOWS)).assignments).toBeUndefined();
  });

  it('says what the model before would have said, with the centroids that it had last', async () => {
    const scorer = createScorer(series, seriesHash);
    await scorer.apply(first.record);
    await scorer.apply({ kind: 'centroids', cluster: moved(first) });
    const before = segmentsOf(await scorer.score(WINDOWS));
    await scorer.apply(second.record);
    const rows = [5, 0, 11];
    expect(await scorer.underPrevious(WINDOWS, rows, first.modelVersion)).toEqual(rows.map((row) => before[row]));
  });

  it('says what it would have said before a segment began, also after a restart', async () => {
    const scorer = createScorer(series, seriesHash);
    await scorer.apply(first.record);
    await scorer.apply({ kind: 'centroids', cluster: moved(first) });
    const before = segmentsOf(await scorer.score(WINDOWS));
    expect(await scorer.underPrevious(WINDOWS, [0], first.modelVersion)).toBeNull();
    const { segmentIds, centroids } = moved(first);
    const born = { ...moved(first), centroidEpoch: 2, segmentIds: ['s99', ...segmentIds.slice(1)], born: ['s99'] };
    await scorer.apply({ kind: 'centroids', cluster: { ...born, centroids: centroids.map((value) => value + 9) } });
    await scorer.apply({ kind: 'centroids', cluster: { ...born, centroidEpoch: 3 } });
    const rows = [5, 0, 11];
    for (const one of [scorer, createScorer(series, seriesHash, structuredClone(scorer.snapshot()))]) {
      expect(await one.underPrevious(WINDOWS, rows, first.modelVersion)).toEqual(rows.map((row) => before[row]));
    }
    await scorer.apply(second.record);
    expect(await scorer.underPrevious(WINDOWS, [0], second.modelVersion)).toBeNull();
  });

  it('says nothing of a model that is not the one before', async () => {
    const scorer = createScorer(series, seriesHash);
    expect(await scorer.underPrevious(WINDOWS, [0], first.modelVersion)).toBeNull();
    await scorer.apply(first.record);
    expect(await scorer.underPrevious(WINDOWS, [0], first.modelVersion)).toBeNull();
    await scorer.apply(second.record);
    expect(await scorer.underPrevious(WINDOWS, [0], second.modelVersion)).toBeNull();
    expect(await scorer.underPrevious(WINDOWS, [0], 'v0-of-long-ago')).toBeNull();
  });

  it('goes on from a snapshot with both models, their centroids moved', async () => {
    const scorer = createScorer(series, seriesHash);
    await scorer.apply(first.record);
    await scorer.apply({ kind: 'centroids', cluster: moved(first) });
    await scorer.apply(second.record);
    await scorer.apply({ kind: 'centroids', cluster: moved(second) });
    const resumed = createScorer(series, seriesHash, structuredClone(scorer.snapshot()));
    const said = async (by: Scorer): Promise<unknown> => [
      valuesOf(await by.score(WINDOWS)),
      await by.underPrevious(WINDOWS, [0, 1, 2, 3], first.modelVersion),
    ];
    expect(await said(resumed)).toEqual(await said(scorer));
    expect(createScorer(series, seriesHash, createScorer(series, seriesHash).snapshot()).modelVersion).toBeNull();
  });

  it('refuses a model that was fitted under other settings', async () => {
    const scorer = createScorer(series, 'others');
    await expect(scorer.apply(first.record)).rejects.toThrow(/fitted under other settings/);
  });
});

function moved({ artifact }: { readonly artifact: Uint8Array }) {
  const { clusterModel } = decodeArtifact(artifact);
  return { ...clusterModel, centroidEpoch: 1, centroids: clusterModel.centroids.map((value) => value + 0.5) };
}

function segmentsOf({ assignments }: Scored): string[] {
  return Array.from(assignments!.nearest, (j) => assignments!.model.segmentIds[j]!);
}

function valuesOf({ assignments }: Scored) {
  const { model, nearest, distances, margins, embeddings } = assignments!;
  return { model, nearest, distances, margins, embeddings: embeddings.embeddings };
}
