import { availableParallelism } from 'node:os';
import type { Linkage } from '../../cluster/offline/agglomerate.js';
import type { Covariance } from '../../cluster/offline/gaussian-mixture.js';
import {
  DEFAULT_METHOD_SETTINGS,
  METHOD_TRAITS,
  type Method,
  type MethodSettings,
} from '../../cluster/offline/method.js';
import { SegtideError } from '../../errors.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { checkOutputFile } from '../../transport/file/check-output-file.js';
import { type ClusterFilesOptions, clusterFiles } from '../cluster/cluster-files.js';
import type { InputKind } from '../cluster/read-cluster-input.js';
import type { ClusteredBy } from '../cluster/window-rows.js';
import type { Config } from '../config/schema.js';
import { createLog } from '../log.js';
import { trainUnderWatch } from '../model/train-under-watch.js';
import { formatCounted } from '../summary/format.js';
import { renderClusters } from '../summary/render-clusters.js';
import type { ClusterFlags } from './cluster-command.js';
import { inputAssignments } from './input-options.js';
import { loadCharts } from './load-charts.js';
import { readConfig } from './read-config.js';
import { refuseIdle } from './refuse-idle.js';
import { sharedAssignments } from './shared-options.js';
import type { Terminal } from './terminal.js';
import { toRange } from './to-range.js';
import { workAndPrint } from './work-and-print.js';

/**
 * Clusters files and tells the user about it: progress on standard error, the summary on standard output.
 *
 * @param train how a job is trained. @default in a process of its own
 * @returns the exit code
 */
export async function clusterAndReport(
  files: readonly string[],
  flags: ClusterFlags,
  terminal: Terminal,
  train?: (job: TrainingJob) => Promise<TrainingResult>,
): Promise<number> {
  const config = clusterConfig(files, flags, terminal);
  const kind = kindOf(flags);
  const method = flags.method as Method;
  if (flags.k !== undefined && !METHOD_TRAITS[method].takesK) {
    throw new SegtideError('config', `--k has no part here: ${method} finds the number of clusters. Leave it out.`);
  }
  const { assignments, plots, model, labels } = flags;
  if (assignments !== undefined)
    await checkOutputFile(assignments, [...config.input.paths, model, flags.config, labels]);
  const options = {
    kind,
    vectorField: typeof flags.vectors === 'string' ? flags.vectors : undefined,
    modelVersion: flags.modelVersion,
    by: byOf(flags, kind, method),
    model,
    labelColumn: flags.labelColumn,
    labelFile: labels,
    settings: methodSettings(flags, config.run.seed),
    k: toRange(flags.k),
    assignments,
    plots,
    neighbours: toNeighbours(flags.anomalies),
  };
  return workAndPrint(
    {
      work: (display, signal) => {
        const parts: Pick<ClusterFilesOptions, 'train' | 'draw' | 'onTried'> = {
          train: train ?? ((job) => trainUnderWatch(job, display, signal)),
          draw: async () => (await loadCharts()).renderChart,
          onTried: ({ k, silhouette }) =>
            display.show(() => `clustering  ${k} clusters: silhouette ${silhouette?.toFixed(3) ?? '–'}`),
        };
        return clusterFiles(
          config,
          { ...options, ...parts },
          {
            clock: { now: terminal.now },
            log: createLog({ level: 'warn', format: 'text', write: (line) => display.above(line) }),
            signal,
            onProgress: (events, windows) =>
              display.show(() => `reading  ${formatCounted(events, 'event')}  ${formatCounted(windows, 'window')}`),
          },
        );
      },
      render: renderClusters,
    },
    flags,
    terminal,
  );
}

function clusterConfig(files: readonly string[], flags: ClusterFlags, terminal: Terminal): Config {
  const { seed, set } = flags;
  const assignments = [
    ...inputAssignments(files, flags),
    ...sharedAssignments({ ...(seed !== undefined && { seed }), ...(set && { set }) }),
  ];
  const kind = kindOf(flags);
  if (kind !== 'events') {
    const why = kind === 'windows' ? 'the windows of the file are cut already' : 'vectors are clustered as they are';
    refuseIdle(assignments, (key) => cutsWindows(key, kind), why);
  }
  const config = readConfig(flags.config, assignments, terminal.env);
  const { paths } = config.input;
  if (config.input.kind === 'file' && paths.length === 0) {
    const taken = [flags.vectors, flags.anomalies].find((value) => typeof value === 'string');
    const why =
      taken === undefined
        ? 'name files, as in segtide cluster usage.ndjson'
        : `'${taken}' was taken as what the flag before it says, so name files first`;
    throw new SegtideError('config', `there is nothing to cluster: ${why}`);
  }
  if (kind === 'windows' && paths.length !== 1) {
    throw new SegtideError('config', `--windows takes one file; got ${paths.length}`);
  }
  return config;
}

function cutsWindows(key: string, kind: InputKind): boolean {
  if (kind === 'vectors' && key === 'input.format') return false;
  return /^(input|window)\b/.test(key) && key !== 'input.kind' && key !== 'input.paths';
}

function kindOf({ windows, vectors }: ClusterFlags): InputKind {
  if (windows && vectors !== undefined) {
    throw new SegtideError('config', '--windows and --vectors say different things of the same file: leave one out');
  }
  return windows ? 'windows' : vectors === undefined ? 'events' : 'vectors';
}

/** Methods that compare series over time take no other. */
function byOf(
  { by, model, modelVersion, labels, labelColumn }: ClusterFlags,
  kind: InputKind,
  method: Method,
): ClusteredBy {
  const { onSeries } = METHOD_TRAITS[method];
  const refuse = (flag: string, why: string, instead = 'Leave it out.'): never => {
    throw new SegtideError('config', `${flag} has no part here: ${why}. ${instead}`);
  };
  if (kind === 'vectors' && by !== undefined) refuse('--by', 'vectors are clustered as they are');
  if (kind === 'vectors' && model !== undefined) refuse('--model', 'vectors are clustered as they are');
  if (kind !== 'vectors' && modelVersion !== undefined) refuse('--model-version', 'it chooses among --vectors');
  if (kind !== 'events' && labels !== undefined) refuse('--labels', 'it is for events', 'Name a --label-column.');
  if (kind === 'events' && labelColumn !== undefined)
    refuse('--label-column', 'it is for windows and vectors', 'Name --labels for events.');
  if (onSeries && by === 'embedding') refuse('--by embedding', `${method} compares series over time`);
  const what = by === 'series' || onSeries ? 'series' : 'embedding';
  if (what === 'series' && model !== undefined) refuse('--model', 'series are clustered, and no embedding');
  return what;
}

/** Flags that count for some methods alone. */
const OWN_FLAGS: readonly (readonly [keyof ClusterFlags, string, readonly Method[]])[] = [
  ['linkage', '--linkage', ['agglomerative']],
  ['covariance', '--covariance', ['gaussian-mixture']],
  ['epsilon', '--epsilon', ['dbscan']],
  ['minPoints', '--min-points', ['dbscan', 'hdbscan']],
  ['minClusterSize', '--min-cluster-size', ['hdbscan']],
  ['band', '--band', ['dtw']],
  ['threads', '--threads', ['dtw']],
];

function methodSettings(flags: ClusterFlags, seed: number): MethodSettings {
  const method = flags.method as Method;
  for (const [key, flag, methods] of OWN_FLAGS) {
    if (flags[key] === undefined || methods.includes(method)) continue;
    throw new SegtideError('config', `${flag} is for ${methods.join(' and ')}; got --method ${method}`);
  }
  const defaults = DEFAULT_METHOD_SETTINGS;
  return {
    method,
    seed,
    linkage: (flags.linkage as Linkage | undefined) ?? defaults.linkage,
    covariance: flags.covariance as Covariance | undefined,
    epsilon: toNumber('--epsilon', flags.epsilon, 'a number above 0', (value) => value > 0),
    minPoints: toWhole('--min-points', flags.minPoints, 1) ?? defaults.minPoints,
    minClusterSize: toWhole('--min-cluster-size', flags.minClusterSize, 2) ?? defaults.minClusterSize,
    band: toNumber('--band', flags.band, 'a share from 0 to 1', (value) => value >= 0 && value <= 1) ?? defaults.band,
    threads: toWhole('--threads', flags.threads, 0) ?? Math.max(0, availableParallelism() - 1),
  };
}

function toNumber(
  flag: string,
  text: string | undefined,
  what: string,
  fits: (value: number) => boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && fits(value)) return value;
  throw new SegtideError('config', `${flag} must be ${what}; got '${text}'`);
}

function toWhole(flag: string, text: string | undefined, least: number): number | undefined {
  return toNumber(flag, text, `a whole number from ${least} on`, (value) => Number.isInteger(value) && value >= least);
}

const NEIGHBOURS = 20;

function toNeighbours(flag: string | boolean | undefined): number | undefined {
  return flag === true ? NEIGHBOURS : flag === false ? undefined : toWhole('--anomalies', flag, 1);
}
