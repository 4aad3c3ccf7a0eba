import { printConfig } from '../config/print-config.js';
import type { RankedCandidate } from './comparison-report.js';

/** Sections of a config that say how windows become segments, and not where they come from. */
const MODEL_SECTIONS: readonly string[] = ['plugins', 'series', 'encoder', 'cluster', 'model', 'run'];

/**
 * A config with the winner's encoder and number of clusters, ready for `segtide run` where windows were cut from events;
 * of ready-made windows the sections that `segtide evaluate` and `train` look at.
 *
 * @param given the keys that make the winner's encoder, and those that the user gave; the rest are defaults
 */
export function winnerConfig(
  given: Readonly<Record<string, unknown>>,
  { encoder, method, k }: RankedCandidate,
  kind: 'events' | 'windows',
): string {
  const clusters = [...k].sort((a, b) => a - b)[Math.floor(k.length / 2)]!;
  const cluster = { ...(given.cluster as object | undefined), k: Math.max(1, clusters) };
  const told = Object.entries({ ...given, cluster }).filter(
    ([section]) => kind === 'events' || MODEL_SECTIONS.includes(section),
  );
  return `# Chosen by segtide compare: encoder ${encoder}, ${clusters} clusters by ${method}.
# A run clusters by k-means in mini-batches, by which, where it was tried, this is the best encoder. The rest is as by default.
${printConfig(Object.fromEntries(told))}`;
}
