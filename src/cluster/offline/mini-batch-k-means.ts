import type { Abortable } from '../../numeric/abortable.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import { shuffle } from '../../numeric/shuffle.js';
import type { ClusterModel } from '../cluster-model.js';
import { createClusterModel } from '../create-cluster-model.js';
import { membershipOf } from '../refit-centroids.js';
import { seedCentroids } from '../seed-centroids.js';
import { emptyStatistics } from '../statistics.js';
import { update } from '../update.js';
import { type Partition, toPartition } from './partition.js';
import { pause } from './pause.js';
import { type Points, takePoints } from './points.js';

const BATCH = 1024;
/** Rows that centroids are seeded from, as a multiple of a batch. */
const SEED_BATCHES = 3;
const MOST_EPOCHS = 100;
/** Epochs without a gain after which it ends, and the least gain that counts, as a share of the inertia. */
const PATIENCE = 3;
const LEAST_GAIN = 1e-4;

/**
 * Mini-batch k-means (Sculley, 2010), by the very rule that moves centroids on a stream (see `update`), forgetting
 * nothing: batches of 1,024 rows in shuffled order, until three epochs in a row bring no gain.
 */
export async function miniBatchKMeans(points: Points, k: number, seed: number, signal?: Abortable): Promise<Partition> {
  const { values, size, length } = points;
  const random = createRandom(seed);
  const rows = Uint32Array.from({ length }, (_, i) => i);
  const drawn = takePoints(points, sample(rows, Math.max(SEED_BATCHES * BATCH, 3 * k), random));
  const fit = await seedCentroids(drawn.values, size, k, { seed, starts: 3, maxIterations: 1 });
  const ids = Array.from({ length: fit.k }, (_, j) => String(j));
  // What centroids were seeded from counts as seen once, else the first batch would pull them all the way.
  let model = createClusterModel('offline', { ...fit, weights: new Float64Array(fit.k).fill(1) }, ids);
  let best = { model, inertia: membershipOf(values, size, model.centroids).inertia };
  let epochs = 0;
  for (let since = 0; since < PATIENCE && epochs < MOST_EPOCHS; epochs++) {
    await pause(signal);
    shuffle(rows, random);
    for (let from = 0; from < length; from += BATCH) {
      model = learn(model, takePoints(points, rows.subarray(from, from + BATCH)));
    }
    const { inertia } = membershipOf(values, size, model.centroids);
    since = inertia < best.inertia * (1 - LEAST_GAIN) ? 0 : since + 1;
    if (inertia < best.inertia) best = { model, inertia };
  }
  const { membership, inertia } = membershipOf(values, size, best.model.centroids);
  return toPartition(membership, { inertia, iterations: epochs, converged: epochs < MOST_EPOCHS });
}

function learn(model: ClusterModel, { values, size, length }: Points): ClusterModel {
  const { membership, inertia } = membershipOf(values, size, model.centroids);
  const statistics = emptyStatistics(model);
  for (let i = 0; i < length; i++) {
    const j = membership[i]!;
    statistics.weights[j]! += 1;
    for (let m = 0; m < size; m++) statistics.sums[j * size + m]! += values[i * size + m]!;
  }
  return update(model, { ...statistics, inertia });
}
