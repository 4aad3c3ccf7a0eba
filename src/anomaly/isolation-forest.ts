import type { Random } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';

/**
 * Trees that part points by random cuts, as columns over all nodes; a tree's nodes follow each other, a node's left child
 * is the next one (Liu, Ting and Zhou, 2008, "Isolation forest").
 */
export interface IsolationForest {
  /** Points that a tree was made of. */
  readonly sampled: number;
  /** First node of each tree. */
  readonly roots: Uint32Array; // (trees)
  /** Number that is cut, or -1 for a leaf. */
  readonly features: Int32Array; // (nodes)
  /** Where it is cut: below goes left. Of a leaf, the steps that its points would still take. */
  readonly cuts: Float32Array; // (nodes)
  /** Right child; of a leaf 0. */
  readonly rights: Uint32Array; // (nodes)
}

const TREES = 100;
const SAMPLED = 256;

/** @param points (length, size), finite; at least 2 */
export function fitIsolationForest(
  points: Float32Array,
  length: number,
  size: number,
  random: Random,
): IsolationForest {
  const sampled = Math.min(SAMPLED, length);
  const deepest = Math.ceil(Math.log2(sampled));
  const all = Uint32Array.from({ length }, (_, i) => i);
  const roots = new Uint32Array(TREES);
  const features: number[] = [];
  const cuts: number[] = [];
  const rights: number[] = [];

  /** Cuts rows [from, to) of `rows`, which it reorders, until they are few or alike. */
  const grow = (rows: Uint32Array, depth: number): void => {
    const node = features.push(-1) - 1;
    cuts.push(unfinished(rows.length));
    rights.push(0);
    if (depth >= deepest || rows.length < 2) return;
    const feature = pickSpread(points, size, rows, random);
    if (feature === undefined) return;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      least = Math.min(least, points[row * size + feature]!);
      most = Math.max(most, points[row * size + feature]!);
    }
    const cut = Math.fround(least + random.next() * (most - least));
    const left = rows.filter((row) => points[row * size + feature]! < cut);
    // Rounding may put a cut on the least value: nothing is parted then.
    if (left.length === 0) return;
    features[node] = feature;
    cuts[node] = cut;
    grow(left, depth + 1);
    rights[node] = features.length;
    grow(
      rows.filter((row) => !(points[row * size + feature]! < cut)),
      depth + 1,
    );
  };

  for (let tree = 0; tree < TREES; tree++) {
    roots[tree] = features.length;
    grow(sample(all, sampled, random), 0);
  }
  return {
    sampled,
    roots,
    features: Int32Array.from(features),
    cuts: Float32Array.from(cuts),
    rights: Uint32Array.from(rights),
  };
}

/** The anomaly score of the point at `offset`: from 0 to 1, above 0.5 where it is easier to part than most. */
export function isolationScore(forest: IsolationForest, point: ArrayLike<number>, offset = 0): number {
  const { roots, features, cuts, rights, sampled } = forest;
  let steps = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree]!;
    for (;;) {
      const feature = features[node]!;
      if (feature < 0) break;
      steps++;
      node = point[offset + feature]! < cuts[node]! ? node + 1 : rights[node]!;
    }
    steps += cuts[node]!;
  }
  return 2 ** (-steps / roots.length / unfinished(sampled));
}

/** Mean steps of an unsuccessful search in a binary tree of n points: c(n) of the paper. */
function unfinished(n: number): number {
  if (n <= 1) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n;
}

const EULER = 0.5772156649015329;

/** A number in which rows differ: some are tried by chance, since most do. */
function pickSpread(points: Float32Array, size: number, rows: Uint32Array, random: Random): number | undefined {
  for (let trial = 0; trial < TRIALS; trial++) {
    const feature = random.below(size);
    const first = points[rows[0]! * size + feature]!;
    if (rows.some((row) => points[row * size + feature] !== first)) return feature;
  }
  return undefined;
}

const TRIALS = 32;
