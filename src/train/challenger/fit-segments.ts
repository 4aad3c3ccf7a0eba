import { type ChosenK, chooseK } from '../../cluster/choose-k.js';
import { toUnitRows } from '../../cluster/cluster-points.js';
import { exchangeCentroids } from '../../cluster/exchange-centroids.js';
import { type CentroidFit, finiteRows, membershipOf, NO_CENTROID } from '../../cluster/refit-centroids.js';
import type { GainElsewhere } from '../../cluster/regrouping-gain.js';
import { seedCentroids } from '../../cluster/seed-centroids.js';
import { settleCentroids } from '../../cluster/settle-centroids.js';
import type { EmbeddingBatch } from '../../encode/embedding-batch.js';
import type { TrainingJob } from '../training-job.js';
import { fitPluginCentroids } from './fit-plugin-centroids.js';
import type { Incumbent } from './incumbent.js';

/** Centroids in a new embedding, and how many there were to be. */
export interface FittedSegments {
  readonly chosen: ChosenK;
  /** Fewer than chosen where the windows have no more different embeddings. */
  readonly centroids: CentroidFit;
}

/**
 * Fits as many segments as are asked for, or as suit the windows best.
 *
 * @param points embeddings as the clusterer sees them
 * @param gainElsewhere what must speak for other segments than those that the champion's have grown into, too
 */
export async function fitSegments(
  points: EmbeddingBatch,
  champion: Incumbent | undefined,
  job: TrainingJob,
  gainElsewhere?: GainElsewhere,
): Promise<FittedSegments> {
  const chosen = await chooseSegments(points, champion, job);
  const centroids = await fitCentroids(points, champion, job, chosen.k, gainElsewhere);
  const isCosine = job.settings.cluster.distance === 'cosine';
  return { chosen, centroids: isCosine ? toDirections(points.embeddings, centroids) : centroids };
}

async function chooseSegments(
  { embeddings, embeddingSize }: EmbeddingBatch,
  champion: Incumbent | undefined,
  { settings, seed }: TrainingJob,
): Promise<ChosenK> {
  const { k } = settings.cluster;
  if (k !== 'auto') return { k, tried: [] };
  return chooseK(embeddings, embeddingSize, { seed, current: champion?.model.cluster.k });
}

/**
 * Centroids in the new embedding: grown out of the champion's segments, each starting where its members are now, as far as
 * these fit; from new starts where there is no champion, another k, or a segment without members. A clusterer of the
 * user's own does as it likes.
 */
async function fitCentroids(
  { embeddings, embeddingSize }: EmbeddingBatch,
  champion: Incumbent | undefined,
  { settings, seed }: TrainingJob,
  k: number,
  gainElsewhere?: GainElsewhere,
): Promise<CentroidFit> {
  const { starts, plugin } = settings.cluster;
  const start = startOf(embeddings, embeddingSize, champion, k);
  if (plugin !== undefined) return fitPluginCentroids(embeddings, embeddingSize, plugin, { k, seed, start });
  const anew = (): Promise<CentroidFit> => seedCentroids(embeddings, embeddingSize, k, { seed, starts });
  if (start === null) return anew();
  const settled = await settleCentroids(embeddings, embeddingSize, start, { anew, gainElsewhere });
  return exchangeCentroids(embeddings, settled, { gainElsewhere });
}

/** Where the members of the champion's segments are now; null where that is no start for so many segments. */
function startOf(
  embeddings: Float32Array,
  embeddingSize: number,
  champion: Incumbent | undefined,
  k: number,
): Float32Array | null {
  if (champion === undefined || champion.model.cluster.k !== k) return null;
  const sums = new Float64Array(k * embeddingSize);
  const counts = new Float64Array(k);
  // A window that the champion could embed may have no place in the new embedding.
  for (const i of finiteRows(embeddings, embeddingSize)) {
    const j = champion.membership[i]!;
    if (j === NO_CENTROID) continue;
    counts[j]! += 1;
    for (let m = 0; m < embeddingSize; m++) sums[j * embeddingSize + m]! += embeddings[i * embeddingSize + m]!;
  }
  if (counts.includes(0)) return null;
  return Float32Array.from(sums, (sum, at) => sum / counts[Math.floor(at / embeddingSize)]!);
}

/** The same centroids at unit length: the mean of unit vectors is shorter, the more the wider they are apart. */
function toDirections(points: Float32Array, fit: CentroidFit): CentroidFit {
  return { ...fit, ...membershipOf(points, fit.size, toUnitRows(fit.centroids, fit.size)) };
}
