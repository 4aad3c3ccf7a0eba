import { type PrincipalComponentOptions, principalComponents } from '../../numeric/principal-components.js';
import { sum } from '../../numeric/sum.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';

/** Features of windows, to be centred and weighted. */
export interface WeightedFeatures {
  readonly values: Float32Array; // (rows, count)
  readonly rows: number;
  readonly count: number;
  readonly means: Float64Array; // (count)
  readonly weights: Float64Array; // (count)
}

/** Directions in the space of weighted features, one a row, each of length 1, its largest component positive. */
export interface FeatureComponents {
  readonly vectors: Float64Array; // (size, count)
  readonly size: number;
  /** Variance of the features along all of them together; undefined where it was not come by. */
  readonly variance: number | undefined;
}

/** Finds the principal components of weighted features, by the engine as far as it can. */
export async function fitComponents(
  features: WeightedFeatures,
  options: PrincipalComponentOptions,
  engine: RecurrentEngine,
): Promise<FeatureComponents> {
  const { count } = features;
  if (count > MOST_SIDE) return fitToSample(features, options, engine);
  const found = await principalComponents(scatter(features, engine), count, options, engine);
  return { vectors: found.vectors, size: found.count, variance: sum(found.variances) / features.rows };
}

/** Windows that are multiplied at once. */
const CHUNK_ROWS = 256;

/**
 * Largest matrix of which eigenvectors are taken; all of them cost the cube of it, a second here. With more features, those
 * of the products between as many windows give the same components, of these windows.
 */
const MOST_SIDE = 512;

/** Sums of products of every two features. */
function scatter(features: WeightedFeatures, engine: RecurrentEngine): Float64Array {
  const { values, rows, count, means, weights } = features;
  if (engine.addScatter !== undefined) {
    const sums = new Float64Array(count * count);
    engine.addScatter({ values, means, weights, sums });
    return sums;
  }
  const chunk = engine.allocate(CHUNK_ROWS * count);
  const out = engine.allocate(count * count);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const inner = Math.min(CHUNK_ROWS, rows - from);
    for (let row = 0; row < inner; row++) writeWeighted(features, from + row, chunk.values, row * count);
    engine.multiply({ a: chunk, b: chunk, out, m: count, n: count, inner, transposeA: true, accumulate: from > 0 });
  }
  return Float64Array.from(out.values); // the engine's memory may move meanwhile
}

/** From the products between windows that are spread evenly over all: G = A Aᵀ = U Λ Uᵀ, and A has the components Uᵀ A. */
async function fitToSample(
  features: WeightedFeatures,
  options: PrincipalComponentOptions,
  engine: RecurrentEngine,
): Promise<FeatureComponents> {
  const { rows, count } = features;
  const sampled = Math.min(rows, MOST_SIDE);
  const sample = engine.allocate(sampled * count);
  for (let i = 0; i < sampled; i++) {
    writeWeighted(features, Math.floor((i * rows) / sampled), sample.values, i * count);
  }
  const gram = engine.allocate(sampled * sampled);
  engine.multiply({ a: sample, b: sample, out: gram, m: sampled, n: sampled, inner: count, transposeB: true });
  const components = await principalComponents(Float64Array.from(gram.values), sampled, options, engine);
  const { count: size } = components;
  if (size === 0) return { vectors: new Float64Array(0), size, variance: 0 };
  const left = engine.allocate(size * sampled);
  left.values.set(components.vectors);
  const out = engine.allocate(size * count);
  engine.multiply({ a: left, b: sample, out, m: size, n: count, inner: sampled });
  const vectors = Float64Array.from(out.values);
  for (let i = 0; i < size; i++) normalise(vectors.subarray(i * count, (i + 1) * count));
  return { vectors, size, variance: undefined };
}

function writeWeighted(
  { values, count, means, weights }: WeightedFeatures,
  row: number,
  out: Float32Array | Float64Array,
  at: number,
): void {
  for (let i = 0, p = row * count; i < count; i++, p++) out[at + i] = (values[p]! - means[i]!) * weights[i]!;
}

/** To length 1, the largest component positive. */
function normalise(vector: Float64Array): void {
  let squares = 0;
  let largest = 0;
  for (const value of vector) {
    squares += value * value;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  }
  const factor = Math.sign(largest) / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}
