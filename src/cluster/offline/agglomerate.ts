import type { Abortable } from '../../numeric/abortable.js';
import type { Dendrogram } from './dendrogram.js';
import { pause } from './pause.js';
import { type Points, squaredDistance } from './points.js';
import { sortMerges } from './sort-merges.js';

/** What the distance of two clusters is: that of their nearest rows, of their furthest, the mean, or Ward's. */
export type Linkage = 'single' | 'complete' | 'average' | 'ward';

/** Rows between two stops. */
const PART = 256;

/**
 * Agglomerative clustering by chains of nearest neighbours (Murtagh, 1983): n² distances in memory, n² steps. Heights are
 * those of scipy.cluster.hierarchy.linkage; of equal distances the earlier rows merge first.
 */
export async function agglomerate(points: Points, linkage: Linkage, signal?: Abortable): Promise<Dendrogram> {
  const { length } = points;
  const distances = new Float64Array((length * (length - 1)) / 2);
  for (let i = 0; i < length; i++) {
    if (i % PART === 0) await pause(signal);
    for (let j = i + 1; j < length; j++) distances[place(i, j, length)] = Math.sqrt(squaredDistance(points, i, j));
  }
  const sizes = new Uint32Array(length).fill(1);
  const lefts = new Uint32Array(length - 1);
  const rights = new Uint32Array(length - 1);
  const heights = new Float64Array(length - 1);
  const chain: number[] = [];
  for (let merge = 0, first = 0; merge < length - 1; merge++) {
    if (merge % PART === 0) await pause(signal);
    if (chain.length === 0) {
      while (sizes[first] === 0) first++;
      chain.push(first);
    }
    const [a, b, height] = followChain(chain, distances, sizes, length);
    lefts[merge] = a;
    rights[merge] = b;
    heights[merge] = height;
    join(linkage, distances, sizes, [a, b, height], length);
  }
  return sortMerges(length, new Uint32Array(length).fill(1), { lefts, rights, heights });
}

/** Prolongs the chain until two clusters are each other's nearest, and takes them off it: the lesser one first. */
function followChain(
  chain: number[],
  distances: Float64Array,
  sizes: Uint32Array,
  length: number,
): [number, number, number] {
  for (;;) {
    const last = chain.at(-1)!;
    // The one before comes first among equals, else the chain could run in circles.
    let nearest = chain.at(-2) ?? -1;
    let least = nearest < 0 ? Number.POSITIVE_INFINITY : distances[place(last, nearest, length)]!;
    for (let other = 0; other < length; other++) {
      if (sizes[other] === 0 || other === last) continue;
      const distance = distances[place(last, other, length)]!;
      if (distance < least) {
        least = distance;
        nearest = other;
      }
    }
    if (nearest === chain.at(-2)) {
      chain.length -= 2;
      return [Math.min(last, nearest), Math.max(last, nearest), least];
    }
    chain.push(nearest);
  }
}

/** The formula of Lance and Williams (1967); the joint cluster takes the place of the second. */
function join(
  linkage: Linkage,
  distances: Float64Array,
  sizes: Uint32Array,
  [a, b, height]: readonly [number, number, number],
  length: number,
): void {
  const sizeA = sizes[a]!;
  const sizeB = sizes[b]!;
  sizes[a] = 0;
  sizes[b] = sizeA + sizeB;
  for (let other = 0; other < length; other++) {
    const size = sizes[other]!;
    if (size === 0 || other === b) continue;
    const toA = distances[place(a, other, length)]!;
    const toB = distances[place(b, other, length)]!;
    const at = place(b, other, length);
    if (linkage === 'single') distances[at] = Math.min(toA, toB);
    else if (linkage === 'complete') distances[at] = Math.max(toA, toB);
    else if (linkage === 'average') distances[at] = (sizeA * toA + sizeB * toB) / (sizeA + sizeB);
    else {
      const squared = (size + sizeA) * toA * toA + (size + sizeB) * toB * toB - size * height * height;
      distances[at] = Math.sqrt(Math.max(0, squared) / (size + sizeA + sizeB));
    }
  }
}

/** Of a pair's distance in the half of the matrix above its diagonal, row by row. */
function place(i: number, j: number, length: number): number {
  return i < j ? i * length - (i * (i + 1)) / 2 + j - i - 1 : j * length - (j * (j + 1)) / 2 + i - j - 1;
}
