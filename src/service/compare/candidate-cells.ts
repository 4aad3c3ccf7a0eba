import { formatCount, formatSeconds, formatShare } from '../summary/format.js';
import type { RankedCandidate } from './comparison-report.js';

/**
 * What tables of candidates show, in the order of their columns.
 *
 * @param noNoise what stands where every window is in a cluster
 */
export function candidateCells(candidate: RankedCandidate, noNoise: string): string[] {
  return [
    String(candidate.rank),
    candidate.encoder,
    candidate.method,
    [...new Set(candidate.k)].join(', '),
    score(candidate.ari),
    score(candidate.nmi),
    score(candidate.stability),
    score(candidate.silhouette),
    score(candidate.seriesSilhouette),
    candidate.noise === 0 ? noNoise : formatShare(candidate.noise),
    formatSeconds(candidate.encodeSeconds),
    formatSeconds(candidate.clusterSeconds),
    `${formatCount(candidate.residentBytes / 2 ** 20)} MiB`,
  ];
}

/** A score in three decimals, or a dash where it is unknown. */
export function score(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}
