import type { ComponentEngine } from './component-engine.js';
import { type Eigenpairs, eigenpairs } from './eigenpairs.js';
import { leadingEigenpairs } from './leading-eigenpairs.js';

/** Directions of most variance, by descending variance. */
export interface PrincipalComponents {
  readonly count: number;
  readonly vectors: Float64Array; // (count, size), each of length 1
  readonly variances: Float64Array; // (count)
}

export interface PrincipalComponentOptions {
  /** Part of the whole variance that a component needs to be kept, in [0, 1]; the first is kept in any case. */
  readonly leastShare: number;
  /** How many are kept at most. */
  readonly most: number;
}

/**
 * Finds the eigenvectors of most variance. Each vector's sign is that which makes its largest component positive, so that
 * equal data has equal components.
 *
 * @param covariance (size, size), symmetric, finite; or a Gram matrix
 * @param engine what finds the eigenvectors, where it can
 * @returns none where there is no variance
 */
export async function principalComponents(
  covariance: ArrayLike<number>,
  size: number,
  options: PrincipalComponentOptions,
  engine: Partial<ComponentEngine> = {},
): Promise<PrincipalComponents> {
  let total = 0;
  for (let i = 0; i < size; i++) total += covariance[i * size + i]!;
  if (!(total > 0)) return { count: 0, vectors: new Float64Array(0), variances: new Float64Array(0) };
  const found =
    decompose(covariance, size, total, options, engine) ?? (await decomposePlainly(covariance, size, total, options));
  const count = countKept(found.values, total, options);
  const vectors = found.vectors.slice(0, count * size);
  for (let k = 0; k < count; k++) pointUp(vectors.subarray(k * size, (k + 1) * size));
  return { count, vectors, variances: found.values.slice(0, count) };
}

/** Below this part of the whole a variance is rounding. */
const ROUNDING = 1e-6;

/** By an engine; undefined where it cannot. */
function decompose(
  covariance: ArrayLike<number>,
  size: number,
  total: number,
  options: PrincipalComponentOptions,
  { leadingEigenpairs }: Partial<ComponentEngine>,
): Eigenpairs | undefined {
  if (leadingEigenpairs === undefined) return undefined;
  const symmetric = covariance instanceof Float64Array ? covariance : Float64Array.from(covariance);
  const most = Math.min(options.most, size);
  const values = new Float64Array(most);
  const vectors = new Float64Array(most * size);
  const least = leastVariance(total, options);
  const found = leadingEigenpairs({ symmetric, size, least, values, vectors });
  return found === 0 ? undefined : { values: values.subarray(0, found), vectors };
}

async function decomposePlainly(
  covariance: ArrayLike<number>,
  size: number,
  total: number,
  options: PrincipalComponentOptions,
): Promise<Eigenpairs> {
  // Products round, and a decomposition asks for a matrix that equals its transpose.
  const symmetric = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++)
      symmetric[i * size + j] = (covariance[i * size + j]! + covariance[j * size + i]!) / 2;
  }
  // Whether the first one that is left out must be is known only when that is exact too.
  const wanted = (values: Float64Array): number => Math.min(countKept(values, total, options) + 1, options.most);
  return (await leadingEigenpairs(symmetric, size, options.most, wanted)) ?? eigenpairs(symmetric, size);
}

function leastVariance(total: number, { leastShare }: PrincipalComponentOptions): number {
  return total * Math.max(leastShare, ROUNDING);
}

function countKept(variances: Float64Array, total: number, options: PrincipalComponentOptions): number {
  const { most } = options;
  const least = leastVariance(total, options);
  let count = Math.min(1, most);
  while (count < Math.min(most, variances.length) && variances[count]! >= least) count++;
  return count;
}

function pointUp(vector: Float64Array): void {
  let largest = 0;
  for (let i = 1; i < vector.length; i++) if (Math.abs(vector[i]!) > Math.abs(vector[largest]!)) largest = i;
  if (vector[largest]! < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i]!;
}
