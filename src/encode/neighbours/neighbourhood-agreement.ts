import type { NearestNeighbours } from './nearest-neighbours.js';

/**
 * How far views agree: for each, the share of a row's nearest neighbours that it has in common with another view, beyond
 * what chance gives, in the mean over rows and other views.
 *
 * 1 where all views have the same neighbourhoods, 0 where a view's are no more like the others' than any; never below 0.
 * A view alone gets 1.
 *
 * @param views neighbours of the same rows, the same number of them, in each view
 */
export function neighbourhoodAgreement(views: readonly NearestNeighbours[]): number[] {
  if (views.length === 1) return [1];
  const pairs = views.map(() => new Float64Array(views.length));
  for (const [a, first] of views.entries()) {
    for (let b = 0; b < a; b++) {
      const common = commonShare(first, views[b]!);
      pairs[a]![b] = common;
      pairs[b]![a] = common;
    }
  }
  return pairs.map((shares) => shares.reduce((sum, share) => sum + share, 0) / (views.length - 1));
}

function commonShare(a: NearestNeighbours, b: NearestNeighbours): number {
  const { length, k } = a;
  // Row i was seen at stamp i + 1, so that the marks need no clearing.
  const seen = new Int32Array(length);
  let common = 0;
  for (let i = 0; i < length; i++) {
    for (let n = i * k; n < (i + 1) * k; n++) seen[a.indices[n]!] = i + 1;
    for (let n = i * k; n < (i + 1) * k; n++) if (seen[b.indices[n]!] === i + 1) common++;
  }
  const share = common / (length * k);
  const chance = k / (length - 1);
  return chance < 1 ? Math.max(0, (share - chance) / (1 - chance)) : 1;
}
