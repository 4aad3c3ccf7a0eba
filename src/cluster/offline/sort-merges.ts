import type { Dendrogram } from './dendrogram.js';

/** Merges in any order, each of the two clusters that hold two leaves. */
export interface Merges {
  readonly lefts: Uint32Array; // (leaves - 1)
  readonly rights: Uint32Array; // (leaves - 1)
  readonly heights: Float64Array; // (leaves - 1)
}

/** Orders merges by height, and names the two nodes that each joins. */
export function sortMerges(leaves: number, leafSizes: Uint32Array, merges: Merges): Dendrogram {
  const order = [...merges.heights.keys()].sort((a, b) => merges.heights[a]! - merges.heights[b]!);
  const parents = Uint32Array.from({ length: 2 * leaves - 1 }, (_, i) => i);
  const rootOf = (node: number): number => {
    let root = node;
    while (parents[root] !== root) root = parents[root]!;
    // All on the way point to the root from now on.
    for (let at = node; parents[at] !== root; ) {
      const next = parents[at]!;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  const lefts = new Uint32Array(leaves - 1);
  const rights = new Uint32Array(leaves - 1);
  for (const [i, merge] of order.entries()) {
    const a = rootOf(merges.lefts[merge]!);
    const b = rootOf(merges.rights[merge]!);
    lefts[i] = Math.min(a, b);
    rights[i] = Math.max(a, b);
    parents[a] = leaves + i;
    parents[b] = leaves + i;
  }
  return { leaves, leafSizes, lefts, rights, heights: Float64Array.from(order, (merge) => merges.heights[merge]!) };
}
