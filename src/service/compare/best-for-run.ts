import type { Method } from '../../cluster/offline/method.js';
import type { RankedCandidate } from './comparison-report.js';
import type { EncoderCandidate } from './encoder-candidates.js';

/** What a run clusters by, or comes close to. */
const OF_RUNS: readonly Method[] = ['k-means', 'mini-batch'];

/**
 * The best encoder by the clusters that a run makes, or, where k-means was not tried, by any method. Series as they are make no
 * config, and neither does what finds one cluster.
 */
export function bestForRun(
  ranked: readonly RankedCandidate[],
  encoders: readonly Pick<EncoderCandidate, 'name' | 'by'>[],
): RankedCandidate | undefined {
  const useful = ranked.filter(
    ({ encoder, k }) =>
      encoders.find(({ name }) => name === encoder)!.by === 'embedding' && k.some((found) => found > 1),
  );
  return useful.find(({ method }) => OF_RUNS.includes(method)) ?? useful[0];
}
