import { join } from 'node:path';
import type { MethodSettings } from '../../cluster/offline/method.js';
import { neighbourPlaces } from '../../cluster/offline/neighbour-places.js';
import { NOISE } from '../../cluster/offline/partition.js';
import { principalPlaces } from '../../cluster/offline/principal-places.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import type { Config } from '../config/schema.js';
import type { GatherDeps } from '../model/gather-windows.js';
import type { ReportChart } from '../report/charts/report-chart.js';
import type { DrawChart } from '../report/render-report.js';
import { withColours } from '../report/report-colours.js';
import { clusterMapChart } from './charts/cluster-map-chart.js';
import { dendrogramChart } from './charts/dendrogram-chart.js';
import { sweepChart } from './charts/sweep-chart.js';
import type { AnomalyScores, ClusterReport, SweptK } from './cluster-report.js';
import { type ClusteredPartition, clusterRows, type KRange } from './cluster-rows.js';
import type { ClusteredRows } from './clustered-rows.js';
import { clusterId, describeClusters } from './describe-clusters.js';
import { type ClusterInputOptions, readClusterInput } from './read-cluster-input.js';
import { scoreAnomalies } from './score-anomalies.js';
import { toClusterLines } from './to-cluster-lines.js';

export interface ClusterFilesOptions extends ClusterInputOptions {
  readonly settings: MethodSettings;
  readonly k?: KRange | undefined;
  /** Where the cluster of each row goes, as NDJSON. */
  readonly assignments?: string | undefined;
  /** Folder that charts go to, as SVG. */
  readonly plots?: string | undefined;
  /** Neighbours that anomaly scores look at; undefined leaves them out. */
  readonly neighbours?: number | undefined;
  readonly draw: () => Promise<DrawChart>;
  readonly onTried: (tried: SweptK) => void;
}

/**
 * Clusters what files hold, and writes what was asked for.
 *
 * @throws SegtideError as `readClusterInput` and `clusterRows`; `output` where a file can't be written
 */
export async function clusterFiles(
  config: Config,
  options: ClusterFilesOptions,
  deps: GatherDeps,
): Promise<ClusterReport> {
  const { settings, assignments, plots, neighbours, onTried } = options;
  const { now } = deps.clock;
  const began = now();
  const rows = await readClusterInput(config, options, deps);
  const found = await clusterRows(rows, { settings, k: options.k, now, onTried, signal: deps.signal });
  const { clusters, distances } = describeClusters(rows, found.partition);
  const anomalies =
    neighbours === undefined ? undefined : await scoreAnomalies(rows.points, neighbours, settings.seed, deps.signal);
  const written: string[] = [];
  if (assignments !== undefined) {
    await writeWholeFile(assignments, toClusterLines(rows, { partition: found.partition, distances, anomalies }));
    written.push(assignments);
  }
  if (plots !== undefined)
    written.push(
      ...(await writeCharts(plots, rows, found, {
        draw: await options.draw(),
        seed: settings.seed,
        signal: deps.signal,
      })),
    );
  const { membership, facts, k } = found.partition;
  return {
    files: config.input.paths,
    events: rows.events ?? null,
    n: rows.names.length,
    unusable: rows.names.length - rows.usable.length,
    noise: membership.filter((cluster) => cluster === NOISE).length,
    by: options.kind === 'vectors' ? 'vectors' : options.by,
    dimensions: rows.points.size,
    distance: rows.distance,
    modelVersion: rows.modelVersion ?? null,
    method: settings.method,
    linkage: settings.method === 'agglomerative' ? settings.linkage : null,
    seed: settings.seed,
    facts,
    k,
    kAsked: found.kAsked,
    kTo: found.kTo,
    kFrom: found.kFrom,
    ...found.scores,
    labelled: rows.labels === undefined ? null : rows.labels.filter((label) => label !== '').length,
    clusters,
    sweep: found.sweep,
    anomalies: anomalies === undefined ? null : oddest(rows, membership, anomalies),
    neighbours:
      neighbours === undefined ? null : { asked: neighbours, taken: Math.min(neighbours, rows.points.length - 1) },
    seconds: (now() - began) / 1000,
    written,
  };
}

const SHOWN_ANOMALIES = 10;

/** Rows that stand out most, by the local outlier factor. */
function oddest(
  { names, usable }: ClusteredRows,
  membership: Uint16Array,
  scores: readonly AnomalyScores[],
): NonNullable<ClusterReport['anomalies']> {
  return [...scores.keys()]
    .sort((a, b) => scores[b]!.lof - scores[a]!.lof)
    .slice(0, SHOWN_ANOMALIES)
    .map((place) => ({ ...names[usable[place]!]!, ...scores[place]!, cluster: clusterId(membership[place]!) }));
}

const WIDTH = 1040;

async function writeCharts(
  folder: string,
  { points }: ClusteredRows,
  { partition, sweep, tree, kAsked }: ClusteredPartition,
  { draw, seed, signal }: { readonly draw: DrawChart; readonly seed: number; readonly signal: AbortSignal },
): Promise<string[]> {
  const neighbourly = await neighbourPlaces(points, seed, signal);
  const charts: (ReportChart | undefined)[] = [
    sweepChart(sweep, kAsked ?? partition.k),
    dendrogramChart(tree, partition.k),
    clusterMapChart(await principalPlaces(points), partition, {
      name: 'map',
      how: 'along the two directions in which they differ most',
    }),
    neighbourly &&
      clusterMapChart(neighbourly, partition, { name: 'map-neighbours', how: 'placed so that neighbours lie near' }),
  ];
  const ids = Array.from({ length: partition.k }, (_, cluster) => clusterId(cluster)!);
  const written: string[] = [];
  for (const chart of charts) {
    if (chart === undefined) continue;
    const { name, label, height, option } = chart;
    const path = join(folder, `${name}.svg`);
    await writeWholeFile(path, `${withColours(draw(option(WIDTH), WIDTH, height(WIDTH), label), ids)}\n`);
    written.push(path);
  }
  return written;
}
