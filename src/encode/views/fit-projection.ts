import { type PrincipalComponents, principalComponents } from '../../numeric/principal-components.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import type { ViewRule } from './view-kind.js';
import { createProjector, type ViewProjection } from './view-projection.js';

/**
 * Fits the map of features onto a view that follows a kind's rule, and in which the fitted windows have a total variance
 * of 1.
 *
 * @param features (rows, count), finite
 * @returns undefined where no feature has any spread
 */
export async function fitProjection(
  features: Float32Array,
  rows: number,
  count: number,
  rule: Pick<ViewRule, 'standardise' | 'clip' | 'components'>,
  engine: RecurrentEngine,
): Promise<ViewProjection | undefined> {
  const bounds = rule.clip === undefined ? undefined : quantiles(features, rows, count, rule.clip);
  const clipped = bounds === undefined ? features : clip(features, count, bounds);
  const { means, deviations } = measure(clipped, rows, count);
  const weights = deviations.map((deviation, i) => {
    if (!(deviation > LEAST_SPREAD * Math.max(1, Math.abs(means[i]!)))) return 0;
    return rule.standardise ? 1 / deviation : 1;
  });
  if (!weights.some((weight) => weight > 0)) return undefined;
  const { vectors, size } =
    rule.components === undefined
      ? keepAll(weights)
      : await keepComponents({ values: clipped, rows, count, means, weights }, rule.components, engine);
  const projection = Float32Array.from(vectors, (value, i) => value * weights[i % count]!);
  const view = { features: count, size, bounds, means: Float32Array.from(means), projection };
  const factor = 1 / Math.sqrt(totalVariance(view, clipped, rows, engine));
  if (!Number.isFinite(factor)) return undefined;
  return { ...view, projection: projection.map((value) => value * factor) };
}

/** Features are of the order of one: what differs by less is rounding, and scaled up it would be noise. */
const LEAST_SPREAD = 1e-5;

/** Windows that are multiplied at once. */
const CHUNK_ROWS = 256;

/**
 * Largest matrix of which eigenvectors are taken; they cost the cube of it, some seconds here. With more features, those
 * of the products between as many windows give the same components, of these windows.
 */
const MOST_SIDE = 512;

interface WeightedFeatures {
  readonly values: Float32Array; // (rows, count)
  readonly rows: number;
  readonly count: number;
  readonly means: Float64Array; // (count)
  readonly weights: Float64Array; // (count)
}

function quantiles(
  features: Float32Array,
  rows: number,
  count: number,
  { low, high }: NonNullable<ViewRule['clip']>,
): Float32Array {
  const bounds = new Float32Array(2 * count);
  const column = new Float32Array(rows);
  const quantile = (share: number): number => {
    const place = share * (rows - 1);
    const below = Math.floor(place);
    const value = column[below]!;
    return value + (column[Math.min(below + 1, rows - 1)]! - value) * (place - below);
  };
  for (let i = 0; i < count; i++) {
    for (let row = 0; row < rows; row++) column[row] = features[row * count + i]!;
    column.sort();
    bounds[i] = quantile(low);
    bounds[count + i] = quantile(high);
  }
  return bounds;
}

function clip(features: Float32Array, count: number, bounds: Float32Array): Float32Array {
  return features.map((value, p) => Math.min(Math.max(value, bounds[p % count]!), bounds[count + (p % count)]!));
}

function measure(
  features: Float32Array,
  rows: number,
  count: number,
): { means: Float64Array; deviations: Float64Array } {
  const means = new Float64Array(count);
  for (let row = 0, p = 0; row < rows; row++) for (let i = 0; i < count; i++, p++) means[i]! += features[p]!;
  for (let i = 0; i < count; i++) means[i]! /= rows;
  const deviations = new Float64Array(count);
  for (let row = 0, p = 0; row < rows; row++) {
    for (let i = 0; i < count; i++, p++) deviations[i]! += (features[p]! - means[i]!) ** 2;
  }
  for (let i = 0; i < count; i++) deviations[i] = Math.sqrt(deviations[i]! / rows);
  return { means, deviations };
}

/** A column of its own for each feature with any spread. */
function keepAll(weights: Float64Array): { vectors: Float64Array; size: number } {
  const kept = [...weights.keys()].filter((i) => weights[i]! > 0);
  const vectors = new Float64Array(kept.length * weights.length);
  for (const [at, i] of kept.entries()) vectors[at * weights.length + i] = 1;
  return { vectors, size: kept.length };
}

async function keepComponents(
  features: WeightedFeatures,
  options: NonNullable<ViewRule['components']>,
  engine: RecurrentEngine,
): Promise<{ vectors: Float64Array; size: number }> {
  const { count } = features;
  if (count > MOST_SIDE) return keepComponentsOfSample(features, options, engine);
  const { vectors, count: size } = await principalComponents(covariance(features, engine), count, options);
  return { vectors, size };
}

/** Sums of products of every two features. */
function covariance(features: WeightedFeatures, engine: RecurrentEngine): ArrayLike<number> {
  const { rows, count } = features;
  const chunk = engine.allocate(CHUNK_ROWS * count);
  const out = engine.allocate(count * count);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const inner = Math.min(CHUNK_ROWS, rows - from);
    for (let row = 0; row < inner; row++) writeWeighted(features, from + row, chunk.values, row * count);
    engine.multiply({ a: chunk, b: chunk, out, m: count, n: count, inner, transposeA: true, accumulate: from > 0 });
  }
  return out.values;
}

/** From the products between windows that are spread evenly over all: G = A Aᵀ = U Λ Uᵀ, and A has the components Uᵀ A. */
async function keepComponentsOfSample(
  features: WeightedFeatures,
  options: NonNullable<ViewRule['components']>,
  engine: RecurrentEngine,
): Promise<{ vectors: Float64Array; size: number }> {
  const { rows, count } = features;
  const sampled = Math.min(rows, MOST_SIDE);
  const sample = engine.allocate(sampled * count);
  for (let i = 0; i < sampled; i++) {
    writeWeighted(features, Math.floor((i * rows) / sampled), sample.values, i * count);
  }
  const gram = engine.allocate(sampled * sampled);
  engine.multiply({ a: sample, b: sample, out: gram, m: sampled, n: sampled, inner: count, transposeB: true });
  const components: PrincipalComponents = await principalComponents(gram.values, sampled, options);
  const { count: size } = components;
  if (size === 0) return { vectors: new Float64Array(0), size };
  const left = engine.allocate(size * sampled);
  left.values.set(components.vectors);
  const out = engine.allocate(size * count);
  engine.multiply({ a: left, b: sample, out, m: size, n: count, inner: sampled });
  const vectors = Float64Array.from(out.values);
  for (let i = 0; i < size; i++) normalise(vectors.subarray(i * count, (i + 1) * count));
  return { vectors, size };
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

/** Mean squared distance of the rows' projections from their mean. */
function totalVariance(view: ViewProjection, features: Float32Array, rows: number, engine: RecurrentEngine): number {
  const { features: count, size } = view;
  const { project } = createProjector(view, engine, CHUNK_ROWS);
  const projected = new Float32Array(rows * size);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const length = Math.min(CHUNK_ROWS, rows - from);
    const chunk = features.subarray(from * count, (from + length) * count);
    project(chunk, length, projected.subarray(from * size), 0, size);
  }
  const { deviations } = measure(projected, rows, size);
  return deviations.reduce((sum, deviation) => sum + deviation * deviation, 0);
}
