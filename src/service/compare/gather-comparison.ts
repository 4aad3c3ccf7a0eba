import { agglomerate } from '../../cluster/offline/agglomerate.js';
import type { Dendrogram } from '../../cluster/offline/dendrogram.js';
import { neighbourPlaces } from '../../cluster/offline/neighbour-places.js';
import { NOISE, type Partition } from '../../cluster/offline/partition.js';
import { takePoints } from '../../cluster/offline/points.js';
import { principalPlaces } from '../../cluster/offline/principal-places.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import type { ClusterSummary } from '../cluster/cluster-report.js';
import type { ClusteredRows } from '../cluster/clustered-rows.js';
import { clusterId, describeClusters } from '../cluster/describe-clusters.js';
import { pickMembers, type ReconstructedSegment } from '../model/pick-reconstructions.js';
import { type Clustering, keyOf } from './compare-windows.js';
import type { ComparisonReport, RankedCandidate } from './comparison-report.js';

/** What the page of a comparison shows. */
export interface ComparisonFacts {
  readonly report: ComparisonReport;
  /** The best of each encoder, best first, with its map. */
  readonly maps: readonly EncoderMap[];
  /** Of the winner; undefined where nothing came of any. */
  readonly winner?: WinnerFacts | undefined;
}

export interface EncoderMap {
  readonly candidate: RankedCandidate;
  readonly partition: Partition;
  readonly places: Float64Array; // (rows, 2)
  /** By neighbours; undefined of too many rows. */
  readonly neighbourly: Float64Array | undefined; // (rows, 2)
}

export interface WinnerFacts {
  readonly candidate: RankedCandidate;
  readonly partition: Partition;
  /** Along the three directions in which points differ most. */
  readonly directions: Float64Array; // (rows, 3)
  readonly clusters: readonly ClusterSummary[];
  /** Of so many rows, drawn by the first seed. */
  readonly tree: Dendrogram;
  readonly k: number;
  /** Empty where the encoder gives nothing back. */
  readonly reconstructions: readonly ReconstructedSegment[];
  readonly channels: readonly string[];
}

/** Encoders whose maps are shown. */
const MAPS = 6;
/** Directions that the winner is shown along. */
const DIRECTIONS = 3;
/** Rows that a dendrogram is made of. */
const TREE_ROWS = 2_000;
/** Windows of a cluster that are shown as given and as reconstructed. */
const PANELS = 5;

export async function gatherComparison(
  report: ComparisonReport,
  clusterings: ReadonlyMap<string, Clustering>,
  signal: AbortSignal,
): Promise<ComparisonFacts> {
  const { candidates, seeds } = report;
  const best = candidates.filter(({ encoder }, i) => candidates.findIndex((other) => other.encoder === encoder) === i);
  const maps = await Promise.all(
    best.slice(0, MAPS).map(async (candidate): Promise<EncoderMap> => {
      const { rows, partition } = clusterings.get(keyOf(candidate))!;
      const neighbourly = await neighbourPlaces(rows.points, seeds[0]!, signal);
      return { candidate, partition, places: await principalPlaces(rows.points), neighbourly };
    }),
  );
  const [candidate] = candidates;
  if (candidate === undefined) return { report, maps };
  const { rows, partition } = clusterings.get(keyOf(candidate))!;
  const all = Uint32Array.from({ length: rows.points.length }, (_, i) => i);
  const drawn = takePoints(rows.points, sample(all, TREE_ROWS, createRandom(seeds[0]!)));
  const { clusters } = describeClusters(rows, partition);
  const winner: WinnerFacts = {
    candidate,
    partition,
    directions: await principalPlaces(rows.points, DIRECTIONS),
    clusters,
    tree: await agglomerate(drawn, 'ward', signal),
    k: partition.k,
    reconstructions: await reconstructionsOf(rows, partition),
    channels: Array.from({ length: rows.encoded?.embeddings.series.channels ?? 0 }, (_, i) => `channel ${i + 1}`),
  };
  return { report, maps, winner };
}

async function reconstructionsOf(
  { encoded, usable }: ClusteredRows,
  { k, membership }: Partition,
): Promise<readonly ReconstructedSegment[]> {
  if (encoded?.embeddings.latents === undefined) return [];
  const clusters = Array.from({ length: k }, (_, cluster) => ({
    segmentId: clusterId(cluster)!,
    name: '',
    members: [...usable].filter((_, place) => membership[place] !== NOISE && membership[place] === cluster),
  }));
  const shown = await pickMembers(encoded, clusters, PANELS);
  return shown.some(({ panels }) => panels.some(({ reconstructed }) => reconstructed.length > 0)) ? shown : [];
}
