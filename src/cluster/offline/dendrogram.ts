/**
 * The merges of a hierarchical clustering, by rising height. Node i is a leaf for i < leaves, and what merge i - leaves
 * made else.
 */
export interface Dendrogram {
  readonly leaves: number;
  /** Rows of each leaf: one each where the tree goes down to rows. */
  readonly leafSizes: Uint32Array; // (leaves)
  readonly lefts: Uint32Array; // (leaves - 1)
  readonly rights: Uint32Array; // (leaves - 1)
  /** In units of distance; of Ward's the root of twice the inertia that the merge adds. */
  readonly heights: Float64Array; // (leaves - 1)
}

/** Cluster of each leaf when the tree is cut into k, by any numbers: the merges that come last are undone. */
export function cutDendrogram({ leaves, lefts, rights }: Dendrogram, k: number): Uint32Array {
  const kept = Math.max(0, leaves - Math.max(1, k));
  const parents = Uint32Array.from({ length: leaves + kept }, (_, i) => i);
  for (let merge = 0; merge < kept; merge++) {
    parents[lefts[merge]!] = leaves + merge;
    parents[rights[merge]!] = leaves + merge;
  }
  // A node's parent comes after it: from the top down each knows its root.
  for (let node = parents.length - 1; node >= 0; node--) parents[node] = parents[parents[node]!]!;
  return parents.slice(0, leaves);
}

/** The upper part of a tree: its last merges, on leaves that stand for all rows below them. */
export function topOf(tree: Dendrogram, most: number): Dendrogram {
  const { leaves, leafSizes, lefts, rights, heights } = tree;
  if (leaves <= most) return tree;
  const cut = leaves - most;
  const sizes = new Uint32Array(2 * leaves - 1);
  sizes.set(leafSizes);
  for (let i = 0; i < leaves - 1; i++) sizes[leaves + i] = sizes[lefts[i]!]! + sizes[rights[i]!]!;
  const numbers = new Map<number, number>();
  const shownSizes: number[] = [];
  const shown = (node: number): number => {
    const merge = node - leaves;
    if (merge >= cut) return most + merge - cut;
    const number = numbers.get(node) ?? numbers.size;
    if (!numbers.has(node)) {
      numbers.set(node, number);
      shownSizes.push(sizes[node]!);
    }
    return number;
  };
  return {
    leaves: most,
    lefts: lefts.slice(cut).map(shown),
    rights: rights.slice(cut).map(shown),
    heights: heights.slice(cut),
    leafSizes: Uint32Array.from(shownSizes),
  };
}
