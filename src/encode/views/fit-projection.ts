import { measureColumns } from '../../numeric/measure-columns.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import { type FeatureComponents, fitComponents } from './feature-components.js';
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
  rule: Omit<ViewRule, 'needsUsage'>,
  engine: RecurrentEngine,
): Promise<ViewProjection | undefined> {
  const bounds = rule.clip === undefined ? undefined : quantiles(features, rows, count, rule.clip);
  const clipped = bounds === undefined ? features : clip(features, count, bounds);
  const { means, deviations } = measureColumns(clipped, rows, count, engine);
  const weights = deviations.map((deviation, i) => {
    if (!(deviation > rule.leastSpread * Math.max(1, Math.abs(means[i]!)))) return 0;
    return rule.standardise ? 1 / deviation : 1;
  });
  if (!weights.some((weight) => weight > 0)) return undefined;
  const { vectors, size, variance } =
    rule.components === undefined
      ? keepAll(weights, deviations)
      : await fitComponents({ values: clipped, rows, count, means, weights }, rule.components, engine);
  const view = { features: count, size, bounds, means: new Float32Array(means) };
  const plain = { ...view, projection: scale(vectors, weights, 1) };
  const factor = 1 / Math.sqrt(variance ?? totalVariance(plain, clipped, rows, engine));
  if (!Number.isFinite(factor)) return undefined;
  return { ...view, projection: scale(vectors, weights, factor) };
}

function scale(vectors: Float64Array, weights: Float64Array, factor: number): Float32Array {
  const projection = new Float32Array(vectors.length);
  for (let at = 0; at < vectors.length; ) {
    for (let i = 0; i < weights.length; i++, at++) projection[at] = vectors[at]! * weights[i]! * factor;
  }
  return projection;
}

/** Windows that are multiplied at once. */
const CHUNK_ROWS = 256;

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
  const clipped = new Float32Array(features.length);
  for (let p = 0; p < features.length; ) {
    for (let i = 0; i < count; i++, p++) {
      clipped[p] = Math.min(Math.max(features[p]!, bounds[i]!), bounds[count + i]!);
    }
  }
  return clipped;
}

/** A column of its own for each feature with any spread. */
function keepAll(weights: Float64Array, deviations: Float64Array): FeatureComponents {
  const kept = [...weights.keys()].filter((i) => weights[i]! > 0);
  const vectors = new Float64Array(kept.length * weights.length);
  let variance = 0;
  for (const [at, i] of kept.entries()) {
    vectors[at * weights.length + i] = 1;
    variance += (weights[i]! * deviations[i]!) ** 2;
  }
  return { vectors, size: kept.length, variance };
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
  const { deviations } = measureColumns(projected, rows, size, engine);
  return deviations.reduce((sum, deviation) => sum + deviation * deviation, 0);
}
