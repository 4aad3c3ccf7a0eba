import type { Candidate, ComparisonReport, RankedCandidate } from './comparison-report.js';

/**
 * Puts candidates in order. With labels ARI decides. Without them nothing tells which is right: what comes out the same
 * from seed to seed, and parts the series themselves, is the better guess; both count by their ranks. Of equals the
 * quicker comes first.
 */
export function rankCandidates(
  candidates: readonly Candidate[],
  rankedBy: ComparisonReport['rankedBy'],
): RankedCandidate[] {
  const keys = rankedBy === 'ari' ? (['ari'] as const) : (['stability', 'seriesSilhouette'] as const);
  const places = keys.map((key) => placesBy(candidates, key));
  const sums = new Map(candidates.map((candidate, i) => [candidate, places.reduce((sum, of) => sum + of[i]!, 0)]));
  return candidates
    .toSorted((a, b) => sums.get(a)! - sums.get(b)! || secondsOf(a) - secondsOf(b))
    .map((candidate, i) => ({ ...candidate, rank: i + 1 }));
}

/** How many are better, of each; unknown is worse than any value. */
function placesBy(candidates: readonly Candidate[], key: 'ari' | 'stability' | 'seriesSilhouette'): number[] {
  const values = candidates.map((candidate) => candidate[key] ?? Number.NEGATIVE_INFINITY);
  return values.map((value) => values.filter((other) => other > value).length);
}

function secondsOf({ encodeSeconds, clusterSeconds }: Candidate): number {
  return encodeSeconds + clusterSeconds;
}
