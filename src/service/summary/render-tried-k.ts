import type { TriedK } from '../../cluster/choose-k.js';

/** Numbers of segments that are told with their score. */
const SHOWN = 4;

/** The best numbers of segments of those that a training tried; no text where `cluster.k` was set and none was. */
export function renderTriedK(tried: readonly TriedK[]): string {
  const [first] = tried;
  if (first === undefined) return '';
  const best = [...tried].sort((a, b) => b.score - a.score || a.k - b.k).slice(0, SHOWN);
  const scores = best.map(({ k, score }) => `${k} (${score.toFixed(3)})`).join(', ');
  return `numbers of segments by score: ${scores}; ${first.k} to ${tried.at(-1)!.k} were tried`;
}
