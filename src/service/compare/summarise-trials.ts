import { adjustedRandIndex } from '../../cluster/adjusted-rand-index.js';
import type { Method } from '../../cluster/offline/method.js';
import { NOISE } from '../../cluster/offline/partition.js';
import type { ClusteredPartition } from '../cluster/cluster-rows.js';
import type { ClusteredRows } from '../cluster/clustered-rows.js';
import type { Candidate } from './comparison-report.js';

/** One clustering of a candidate by one seed. */
export interface Trial {
  readonly rows: ClusteredRows;
  readonly found: ClusteredPartition;
  readonly seriesSilhouette: number | null;
  readonly encodeSeconds: number;
  readonly clusterSeconds: number;
  readonly peakBytes: number;
}

/** A candidate in the mean over the seeds that it was tried with. */
export function summariseTrials(encoder: string, method: Method, trials: readonly Trial[]): Candidate {
  const memberships = trials.map(({ found }) => found.partition.membership);
  const pairs = memberships.flatMap((a, i) => memberships.slice(i + 1).map((b) => adjustedRandIndex(a, b)));
  const scores = (key: 'ari' | 'nmi' | 'silhouette'): number | null =>
    mean(trials.map(({ found }) => found.scores[key]));
  return {
    encoder,
    method,
    k: trials.map(({ found }) => found.partition.k),
    ari: scores('ari'),
    nmi: scores('nmi'),
    silhouette: scores('silhouette'),
    seriesSilhouette: mean(trials.map(({ seriesSilhouette }) => seriesSilhouette)),
    stability: pairs.length === 0 ? null : mean(pairs),
    noise: mean(memberships.map((of) => of.filter((cluster) => cluster === NOISE).length / of.length))!,
    encodeSeconds: mean(trials.map(({ encodeSeconds }) => encodeSeconds))!,
    clusterSeconds: mean(trials.map(({ clusterSeconds }) => clusterSeconds))!,
    peakBytes: Math.max(...trials.map(({ peakBytes }) => peakBytes)),
  };
}

/** Null where one is unknown. */
function mean(values: readonly (number | null)[]): number | null {
  if (values.some((value) => value === null)) return null;
  return (values as readonly number[]).reduce((sum, value) => sum + value, 0) / values.length;
}
