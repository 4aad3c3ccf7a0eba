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
    rangeOf(candidate.k),
    score(candidate.ari),
    score(candidate.nmi),
    score(candidate.stability),
    score(candidate.silhouette),
    score(candidate.seriesSilhouette),
    candidate.noise === 0 ? noNoise : formatShare(candidate.noise),
    formatSeconds(candidate.encodeSeconds + candidate.clusterSeconds),
    formatSeconds(candidate.encodeSeconds),
    formatSeconds(candidate.clusterSeconds),
    `${formatCount(candidate.peakBytes / 2 ** 20)} MiB`,
  ];
}

/** A score in three decimals, or a dash where it is unknown. */
export function score(value: number | null): string {
  return value === null ? '–' : value.toFixed(3).replace('-0.000', '0.000');
}

function rangeOf(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least}–${most}`;
}
