import { describe, expect, it } from 'vitest';
import { assign } from '../../../src/cluster/assign.js';
import type { ClusterModel } from '../../../src/cluster/cluster-model.js';
import { createClusterModel } from '../../../src/cluster/create-cluster-model.js';
import { matchSegments } from '../../../src/cluster/match-segments.js';
import { statistics } from '../../../src/cluster/statistics.js';
import { update } from '../../../src/cluster/update.js';
import { createRandom } from '../../../src/numeric/random.js';
import { fitSegments } from '../../../src/train/challenger/fit-segments.js';
import type { Incumbent } from '../../../src/train/challenger/incumbent.js';
import { toStreamFit } from '../../../src/train/challenger/to-stream-fit.js';
import { createReservoir } from '../../../src/train/reservoir.js';
import { surplusOf } from '../../../src/train/surplus-of.js';
import { toWindowBatch } from '../../../src/train/window-columns.js';
import type { WindowBatch } from '../../../src/window/window-batch.js';
import { samplingWeights } from '../../../src/worker/sampling-weights.js';
import { clusterModelOf, embeddingsOf, windowsOf } from '../../cluster/embeddings.js';
import { smallJob } from '../../support/small-models.js';

/** Where segments lie; one window in 500 is of the last. */
const PLACES = [
  [0, 0],
  [12, 0],
  [0, 12],
  [12, 12],
] as const;
const WINDOWS = 5_000;
const ROUNDS = 4;

describe('a segment of 0.2 % of the windows in a reservoir of 300', () => {
  it('keeps its place and its id over refits with a floor, and its share is told as it is', async () => {
    for (const seed of [1, 2]) {
      const models = await refits(seed, 0.05);
      for (const { model } of models) {
        expect(distanceTo(model, 3)).toBeLessThan(2);
        expect(model.segmentIds).toEqual(['a', 'b', 'c', 'd']);
      }
      // Ten times its share would be six.
      expect(models.reduce((sum, { rare }) => sum + rare, 0) / ROUNDS).toBeGreaterThan(3);
      const told = models.map(({ model: { weights } }) => weights[3]! / weights.reduce((sum, one) => sum + one, 0));
      // One or two windows of some 300; with the surplus it were six or so.
      expect(Math.max(...told)).toBeLessThan(0.012);
    }
  });

  it('is lost without', async () => {
    for (const seed of [1, 2]) {
      const models = await refits(seed, 0);
      expect(Math.max(...models.map(({ model }) => distanceTo(model, 3)))).toBeGreaterThan(5);
      expect(models.at(-1)!.model.segmentIds).not.toContain('d');
    }
  });
});

/** Models one after the other, each fitted to what the reservoir keeps by the one before, which learns from all windows. */
async function refits(seed: number, floor: number): Promise<{ readonly model: ClusterModel; readonly rare: number }[]> {
  const random = createRandom(seed);
  const job = smallJob({ seed });
  const settings = { ...job.settings, cluster: { ...job.settings.cluster, k: PLACES.length } };
  const reservoir = createReservoir({ capacity: 300, steps: 2, channels: 1, seed, halfLifeMs: 1 });
  let model = clusterModelOf(PLACES, {
    segmentIds: ['a', 'b', 'c', 'd'],
    weights: Float64Array.of(0.5, 0.3, 0.198, 0.002),
  });
  let nextSegmentNumber = 1;
  const models = [];
  for (let round = 0; round < ROUNDS; round++) {
    const stream = toWindows(round, random);
    const assigned = assign(model, toEmbeddings(stream));
    model = update(model, statistics(model, assigned));
    const weightOf = samplingWeights({ ...assigned, model }, floor);
    for (let row = 0; row < stream.length; row++) reservoir.add(stream, row, weightOf(row));
    const kept = reservoir.snapshot();
    const points = toEmbeddings(toWindowBatch(kept));
    const membership = assign(model, points).nearest;
    const champion = { model: { cluster: model }, membership } as unknown as Incumbent;
    const { centroids } = await fitSegments(points, champion, { ...job, settings });
    const match = await matchSegments({ segmentIds: model.segmentIds, membership }, centroids, nextSegmentNumber);
    const learnt = toStreamFit(centroids, points.embeddings, surplusOf(kept));
    model = createClusterModel(`v${round}`, learnt, match.segmentIds);
    nextSegmentNumber = match.nextSegmentNumber;
    models.push({
      model,
      rare: kept.values.filter((x, at) => at % 2 === 0 && x > 6 && kept.values[at + 1]! > 6).length,
    });
  }
  return models;
}

/** Windows whose two steps are their embedding. */
function toWindows(round: number, random: { next(): number; normal(): number }): WindowBatch {
  const places = Array.from({ length: WINDOWS }, (_, i) => {
    const u = (i % 500) / 500;
    return PLACES[u < 0.5 ? 0 : u < 0.8 ? 1 : u < 0.998 ? 2 : 3];
  });
  return windowsOf(WINDOWS, {
    steps: 2,
    starts: new Float64Array(WINDOWS).fill(round),
    values: Float32Array.from(places.flatMap(([x, y]) => [x + random.normal(), y + random.normal()])),
    mask: new Uint8Array(2 * WINDOWS),
  });
}

function toEmbeddings(windows: WindowBatch) {
  const { values } = windows;
  return embeddingsOf(
    Array.from({ length: windows.length }, (_, i) => [values[2 * i]!, values[2 * i + 1]!]),
    windows,
  );
}

/** Of the nearest centroid to a place. */
function distanceTo({ centroids, k }: ClusterModel, place: number): number {
  const [x, y] = PLACES[place]!;
  return Math.min(...Array.from({ length: k }, (_, j) => Math.hypot(centroids[2 * j]! - x, centroids[2 * j + 1]! - y)));
}
