import { agglomerate } from '../../cluster/offline/agglomerate.js';
import type { Dendrogram } from '../../cluster/offline/dendrogram.js';
import { METHOD_TRAITS } from '../../cluster/offline/method.js';
import { neighbourPlaces } from '../../cluster/offline/neighbour-places.js';
import { NOISE, type Partition } from '../../cluster/offline/partition.js';
import { takePoints } from '../../cluster/offline/points.js';
import { principalPlaces } from '../../cluster/offline/principal-places.js';
import { tsnePlaces } from '../../cluster/offline/tsne-places.js';
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
  /** The best of each encoder, best first, with its maps. */
  readonly maps: readonly EncoderMaps[];
  /** Of the winner; undefined where nothing came of any. */
  readonly winner?: WinnerFacts | undefined;
  readonly trees: readonly GrownTree[];
  /** Of encoders that give windows back, best first. */
  readonly reconstructions: readonly EncoderReconstructions[];
}

/** Windows on three maps, the same on each. */
export interface EncoderMaps {
  readonly candidate: RankedCandidate;
  /** Of the windows that are shown. */
  readonly shown: Pick<Partition, 'k' | 'membership'>;
  readonly principal: Float64Array; // (rows, 2)
  readonly tsne: Float64Array; // (rows, 2)
  readonly neighbours: Float64Array | undefined; // (rows, 2)
}

export interface WinnerFacts {
  readonly candidate: RankedCandidate;
  readonly partition: Partition;
  /** Along the three directions in which points differ most. */
  readonly directions: Float64Array; // (rows, 3)
  readonly clusters: readonly DescribedCluster[];
}

export interface DescribedCluster extends ClusterSummary {
  /** First channel of some members, in the unit of the input, NaN where it is unknown. */
  readonly members: readonly Float32Array[]; // (steps)
}

/** A dendrogram, and how many clusters it is cut into. */
export interface GrownTree {
  readonly encoder: string;
  /** Undefined of one that was grown for the page alone, by Ward's linkage. */
  readonly candidate: RankedCandidate | undefined;
  readonly tree: Dendrogram;
  readonly k: number;
}

export interface EncoderReconstructions {
  readonly candidate: RankedCandidate;
  readonly channels: readonly string[];
  readonly clusters: readonly ReconstructedSegment[];
}

/** Encoders whose maps are shown. */
const MAPS = 6;
/** Windows on a map: t-SNE compares each with each. */
const MAP_ROWS = 1_000;
/** Directions that the winner is shown along. */
const DIRECTIONS = 3;
/** Rows of a dendrogram that is made for the page. */
const TREE_ROWS = 2_000;
/** Windows of a cluster that are shown as given and as reconstructed. */
const PANELS = 4;
/** Encoders that are shown so. */
const RECONSTRUCTED = 3;
/** Clusters of each that are shown so: the largest. */
const RECONSTRUCTED_CLUSTERS = 9;
/** Members of a cluster whose curves are shown. */
const CURVES = 12;

/** @param onShown told which encoder is about to be drawn */
export async function gatherComparison(
  report: ComparisonReport,
  clusterings: ReadonlyMap<string, Clustering>,
  onShown: (encoder: string) => void,
  signal: AbortSignal,
): Promise<ComparisonFacts> {
  const { candidates, seeds } = report;
  const seed = seeds[0]!;
  const best = candidates.filter(({ encoder }, i) => candidates.findIndex((other) => other.encoder === encoder) === i);
  const maps: EncoderMaps[] = [];
  for (const candidate of best.slice(0, MAPS)) {
    onShown(candidate.encoder);
    maps.push(await mapsOf(candidate, clusterings.get(keyOf(candidate))!, seed, signal));
  }
  const [candidate] = candidates;
  if (candidate === undefined) return { report, maps, trees: [], reconstructions: [] };
  const { rows, partition } = clusterings.get(keyOf(candidate))!;
  const winner: WinnerFacts = {
    candidate,
    partition,
    directions: await principalPlaces(rows.points, DIRECTIONS),
    clusters: describeClusters(rows, partition).clusters.map((summary, cluster) => ({
      ...summary,
      members: curvesOf(rows, partition, cluster, seed),
    })),
  };
  const grown = treesOf(candidates, clusterings);
  return {
    report,
    maps,
    winner,
    trees: grown.length > 0 ? grown : [await growTree(candidate, clusterings.get(keyOf(candidate))!, seed, signal)],
    reconstructions: await reconstructionsOf(best, clusterings),
  };
}

async function mapsOf(
  candidate: RankedCandidate,
  { rows: { points }, partition: { k, membership } }: Clustering,
  seed: number,
  signal: AbortSignal,
): Promise<EncoderMaps> {
  const drawn = drawRows(points.length, MAP_ROWS, seed);
  const shown = takePoints(points, drawn);
  return {
    candidate,
    shown: { k, membership: Uint16Array.from(drawn, (row) => membership[row]!) },
    principal: await principalPlaces(shown),
    tsne: await tsnePlaces(shown, signal),
    neighbours: await neighbourPlaces(shown, seed, signal),
  };
}

function drawRows(length: number, most: number, seed: number): Uint32Array {
  return sample(
    Uint32Array.from({ length }, (_, row) => row),
    most,
    createRandom(seed),
  );
}

function curvesOf(
  { curves }: ClusteredRows,
  { membership }: Partition,
  cluster: number,
  seed: number,
): readonly Float32Array[] {
  if (curves === undefined) return [];
  const { steps, values } = curves;
  const members = Uint32Array.from(membership.keys()).filter((row) => membership[row] === cluster);
  const drawn = sample(members, CURVES, createRandom(seed));
  return Array.from(drawn, (row) => values.subarray(row * steps, (row + 1) * steps));
}

/** The best of each method that grows a tree. */
function treesOf(
  candidates: readonly RankedCandidate[],
  clusterings: ReadonlyMap<string, Clustering>,
): readonly GrownTree[] {
  const hierarchical = candidates.filter(({ method }) => METHOD_TRAITS[method].tree);
  return hierarchical.flatMap((candidate, i) => {
    const { tree, partition } = clusterings.get(keyOf(candidate))!;
    const isBest = hierarchical.findIndex(({ method }) => method === candidate.method) === i;
    return isBest && tree !== undefined ? [{ encoder: candidate.encoder, candidate, tree, k: partition.k }] : [];
  });
}

async function growTree(
  { encoder }: RankedCandidate,
  { rows: { points }, partition: { k } }: Clustering,
  seed: number,
  signal: AbortSignal,
): Promise<GrownTree> {
  const drawn = takePoints(points, drawRows(points.length, TREE_ROWS, seed));
  return { encoder, candidate: undefined, tree: await agglomerate(drawn, 'ward', signal), k };
}

async function reconstructionsOf(
  best: readonly RankedCandidate[],
  clusterings: ReadonlyMap<string, Clustering>,
): Promise<readonly EncoderReconstructions[]> {
  const shown: EncoderReconstructions[] = [];
  const models = new Set<unknown>();
  for (const candidate of best) {
    const { rows, partition } = clusterings.get(keyOf(candidate))!;
    const { encoded, usable } = rows;
    // An embedding and the latents beside it are of one model, which gives back the same.
    if (encoded?.embeddings.latents === undefined || models.has(encoded.model)) continue;
    models.add(encoded.model);
    const members = Array.from({ length: Math.min(partition.k, RECONSTRUCTED_CLUSTERS) }, (_, cluster) => ({
      segmentId: clusterId(cluster)!,
      name: '',
      members: [...usable].filter(
        (_, place) => partition.membership[place] !== NOISE && partition.membership[place] === cluster,
      ),
    }));
    const clusters = await pickMembers(encoded, members, PANELS);
    if (!clusters.some(({ panels }) => panels.some(({ reconstructed }) => reconstructed.length > 0))) continue;
    const channels = Array.from({ length: encoded.embeddings.series.channels }, (_, i) => `channel ${i + 1}`);
    if (shown.push({ candidate, channels, clusters }) === RECONSTRUCTED) break;
  }
  return shown;
}
