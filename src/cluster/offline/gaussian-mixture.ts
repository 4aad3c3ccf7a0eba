import { SegtideError } from '../../errors.js';
import type { Abortable } from '../../numeric/abortable.js';
import { type Cholesky, decomposeCholesky } from '../../numeric/cholesky.js';
import { seedCentroids } from '../seed-centroids.js';
import { type Partition, toPartition } from './partition.js';
import { pause } from './pause.js';
import type { Points } from './points.js';

/** Whether components may lie slantwise in the space, or along its axes only. */
export type Covariance = 'full' | 'diagonal';

const MOST_ITERATIONS = 200;
/** Gain of the mean log-likelihood below which it has converged. */
const LEAST_GAIN = 1e-4;
/** Added to all variances, so that rows in a plane, or all alike, don't end a component; as a share of the largest. */
const FLOOR = 1e-6;
/** Iterations between two stops. */
const PART = 4;

interface Component {
  readonly weight: number;
  readonly mean: Float64Array; // (size)
  readonly cholesky: Cholesky;
}

/**
 * A mixture of Gaussians by expectation and maximisation (Dempster, Laird and Rubin, 1977) from the clusters of k-means;
 * a row belongs to its likeliest component, with that one's posterior as probability. `facts.bic` is Schwarz's criterion:
 * of two mixtures of the same rows the one with less is better.
 *
 * @throws SegtideError `encoder` where a covariance can't be inverted
 */
export async function gaussianMixture(
  points: Points,
  k: number,
  {
    seed,
    covariance,
    signal,
  }: { readonly seed: number; readonly covariance: Covariance; readonly signal?: Abortable | undefined },
): Promise<Partition> {
  const { length, size, values } = points;
  const start = await seedCentroids(values, size, k, { seed });
  const posteriors = new Float64Array(length * start.k);
  for (let i = 0; i < length; i++) posteriors[i * start.k + start.membership[i]!] = 1;
  const floor = Math.max(FLOOR * largestVariance(points), Number.MIN_VALUE * 2 ** 100);
  let components: readonly Component[] = [];
  let likelihood = Number.NEGATIVE_INFINITY;
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < MOST_ITERATIONS) {
    if (iterations % PART === 0) await pause(signal);
    components = maximise(points, posteriors, start.k, covariance, floor);
    const next = expect(points, components, posteriors);
    converged = Math.abs(next - likelihood) < LEAST_GAIN;
    likelihood = next;
    iterations++;
  }
  const membership = new Uint16Array(length);
  const probabilities = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const row = posteriors.subarray(i * start.k, (i + 1) * start.k);
    for (let j = 1; j < start.k; j++) if (row[j]! > row[membership[i]!]!) membership[i] = j;
    probabilities[i] = row[membership[i]!]!;
  }
  const free = start.k - 1 + start.k * size + start.k * (covariance === 'full' ? (size * (size + 1)) / 2 : size);
  const bic = free * Math.log(length) - 2 * length * likelihood;
  const facts = { covariance, logLikelihood: likelihood, bic, iterations, converged };
  return toPartition(membership, facts, probabilities);
}

function largestVariance({ length, size, values }: Points): number {
  let largest = 0;
  for (let m = 0; m < size; m++) {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < length; i++) sum += values[i * size + m]!;
    for (let i = 0; i < length; i++) squares += (values[i * size + m]! - sum / length) ** 2;
    largest = Math.max(largest, squares / length);
  }
  return largest;
}

/** Components of most likelihood under the posteriors. */
function maximise(
  { length, size, values }: Points,
  posteriors: Float64Array,
  k: number,
  covariance: Covariance,
  floor: number,
): Component[] {
  return Array.from({ length: k }, (_, j) => {
    const mean = new Float64Array(size);
    // As scikit-learn: a component that lost all its rows keeps a trace.
    let weight = 10 * Number.EPSILON;
    for (let i = 0; i < length; i++) weight += posteriors[i * k + j]!;
    for (let i = 0; i < length; i++) {
      const share = posteriors[i * k + j]!;
      if (share > 0) for (let m = 0; m < size; m++) mean[m]! += share * values[i * size + m]!;
    }
    for (let m = 0; m < size; m++) mean[m]! /= weight;
    const matrix = new Float64Array(size * size);
    const off = new Float64Array(size);
    for (let i = 0; i < length; i++) {
      const share = posteriors[i * k + j]!;
      if (share === 0) continue;
      for (let m = 0; m < size; m++) off[m] = values[i * size + m]! - mean[m]!;
      for (let m = 0; m < size; m++) {
        const scaled = share * off[m]!;
        if (covariance === 'diagonal') matrix[m * size + m]! += scaled * off[m]!;
        else for (let l = 0; l <= m; l++) matrix[m * size + l]! += scaled * off[l]!;
      }
    }
    for (let cell = 0; cell < matrix.length; cell++) matrix[cell]! /= weight;
    for (let m = 0; m < size; m++) matrix[m * size + m]! += floor;
    const cholesky = decomposeCholesky(matrix, size);
    if (cholesky === undefined) {
      const text = `The covariance of component ${j} can't be inverted; ask for fewer clusters, or for diagonal covariances.`;
      throw new SegtideError('encoder', text);
    }
    return { weight: weight / length, mean, cholesky };
  });
}

/** Writes the posteriors of the components, and tells the mean log-likelihood of a row. */
function expect({ length, size, values }: Points, components: readonly Component[], posteriors: Float64Array): number {
  const k = components.length;
  const constant = (size / 2) * Math.log(2 * Math.PI);
  const off = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < length; i++) {
    const at = i * k;
    let most = Number.NEGATIVE_INFINITY;
    for (const [j, { weight, mean, cholesky }] of components.entries()) {
      for (let m = 0; m < size; m++) off[m] = values[i * size + m]! - mean[m]!;
      const log = Math.log(weight) - constant - cholesky.halfLogDeterminant - cholesky.squaredLength(off) / 2;
      posteriors[at + j] = log;
      most = Math.max(most, log);
    }
    let sum = 0;
    for (let j = 0; j < k; j++) sum += Math.exp(posteriors[at + j]! - most);
    const logSum = most + Math.log(sum);
    for (let j = 0; j < k; j++) posteriors[at + j] = Math.exp(posteriors[at + j]! - logSum);
    total += logSum;
  }
  return total / length;
}
