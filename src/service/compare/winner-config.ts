import { printConfig } from '../config/print-config.js';
import type { Config } from '../config/schema.js';
import type { RankedCandidate } from './comparison-report.js';

/** Sections of a config that say how windows become segments, and not where they come from. */
const MODEL_SECTIONS = ['series', 'encoder', 'cluster', 'model', 'run'] as const;

/**
 * A config with the winner's encoder and number of clusters, ready for `segtide run` where windows were cut from events;
 * of ready-made windows the sections that `segtide evaluate` and `train` look at.
 */
export function winnerConfig(
  config: Config,
  { encoder, method, k }: RankedCandidate,
  kind: 'events' | 'windows',
): string {
  const clusters = [...k].sort((a, b) => a - b)[Math.floor(k.length / 2)]!;
  const chosen: Config = { ...config, cluster: { ...config.cluster, k: Math.max(1, clusters) } };
  const told = kind === 'events' ? chosen : Object.fromEntries(MODEL_SECTIONS.map((name) => [name, chosen[name]]));
  return `# Chosen by segtide compare: encoder ${encoder}, ${clusters} clusters by ${method}.
# A run clusters by k-means in mini-batches, whatever method was best on the file.
${printConfig(told as Config)}`;
}
